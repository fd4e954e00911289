"""Signature: who must sign, in which order, and who has; its date is the day of signing."""

from services.workflows.fact_kinds.fact_kind import DEAL, Details, FactKind, State, choice, joined, number, text
from shared.contracts.customers import SIDES


class SignatoryDetails(Details):
    """The details of this kind."""

    name = text("Who", required=True)
    side = choice("For which side", SIDES, required=True)
    order = number("Order", 20)


KIND = FactKind(
    key="signatory",
    group=DEAL,
    title="Signature",
    help="Who must sign, in which order, and who has; its date is the day of signing.",
    details=SignatoryDetails,
    says=lambda details: joined(details["name"], details["side"]),
    states=(
        State("wanted", "Must sign"),
        State("sent", "Sent to them"),
        State("signed", "Signed"),
        State("closed", "No longer needed", is_open=False),
    ),
)
