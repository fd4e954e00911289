"""Legal dispute: lawyers are involved: a dispute, an insolvency, a claim."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, joined, percent, text


class LegalDisputeDetails(Details):
    """The details of this kind."""

    matter = text("What about")
    counsel = text("Counsel")
    percent = percent()


KIND = FactKind(
    key="legal_dispute",
    group=SIGNAL,
    title="Legal dispute",
    help="Lawyers are involved: a dispute, an insolvency, a claim.",
    details=LegalDisputeDetails,
    says=lambda details: joined(details["matter"], details["counsel"]),
    states=WATCHED,
)
