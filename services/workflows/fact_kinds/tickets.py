"""Open tickets: how many support tickets are open on its date."""

from services.workflows.fact_kinds.fact_kind import SERVICE, Details, FactKind, joined, number, text


class TicketsDetails(Details):
    """The details of this kind."""

    count = number("How many")
    about = text("What about")


KIND = FactKind(
    key="tickets",
    group=SERVICE,
    title="Open tickets",
    help="How many support tickets are open on its date.",
    details=TicketsDetails,
    says=lambda details: joined(details["count"], details["about"]),
)
