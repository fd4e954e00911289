"""Open tickets: how many support tickets are open on its date, or which."""

from services.workflows.fact_kinds.fact_kind import SERVICE, Details, FactKind, joined, number, text


class TicketsDetails(Details):
    """The details of this kind."""

    count = number("How many")
    reference = text("Reference")
    about = text("What about")


KIND = FactKind(
    key="tickets",
    group=SERVICE,
    title="Open tickets",
    help="How many support tickets are open on its date, or which; its due date is the promised one.",
    details=TicketsDetails,
    says=lambda details: joined(details["count"], details.get("reference"), details["about"]),
)
