"""Escalation: the customer complained above the usual contacts."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, joined, percent, text


class EscalationDetails(Details):
    """The details of this kind."""

    raised_by = text("Raised by")
    percent = percent()


KIND = FactKind(
    key="escalation",
    group=SIGNAL,
    title="Escalation",
    help="The customer complained above the usual contacts.",
    details=EscalationDetails,
    says=lambda details: joined(details["raisedBy"]),
    states=WATCHED,
)
