"""Competitor: the customer looks at, or tries, another product."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, joined, percent, share, text


class CompetitorDetails(Details):
    """The details of this kind."""

    name = text("Which")
    percent = percent()


KIND = FactKind(
    key="competitor",
    group=SIGNAL,
    title="Competitor",
    help="The customer looks at, or tries, another product.",
    details=CompetitorDetails,
    says=lambda details: joined(details["name"], share(details)),
    states=WATCHED,
)
