"""Funding: the money that pays for it comes from somebody else, and ends."""

from services.workflows.fact_kinds.fact_kind import PAYMENT, Details, FactKind, day, joined, text
from shared.ground import wording


class FundingDetails(Details):
    """The details of this kind."""

    funder = text("Who pays", required=True)
    ends_on = day("Ends on")
    decided_on = day("What follows is decided on")
    written_by = text("Who applies for it")


KIND = FactKind(
    key="funding",
    group=PAYMENT,
    title="Funding",
    help="The money that pays for it comes from somebody else, such as a grant, and ends; its due date is that of the application.",
    details=FundingDetails,
    says=lambda details: joined(details["funder"], wording.day(details["endsOn"]), between=" until "),
)
