"""Open point: what is not agreed yet, and whose turn it is; its date is the day since when."""

from services.workflows.fact_kinds.fact_kind import (
    DEAL,
    Details,
    FactKind,
    State,
    amount,
    choice,
    currency,
    joined,
    money,
    text,
)
from shared.contracts.customers import SIDES


class OpenPointDetails(Details):
    """The details of this kind."""

    point = text("Point", required=True)
    side = choice("Whose turn", SIDES)
    asked_by = choice("Asked by", SIDES)
    fallback = text("Our fallback")
    worth_per_year = amount("Worth a year")
    currency = currency()


KIND = FactKind(
    key="open_point",
    group=DEAL,
    title="Open point",
    help="What is not agreed yet, and whose turn it is; its date is the day since when.",
    details=OpenPointDetails,
    says=lambda details: joined(details["point"], details["side"], money(details, "worthPerYear")),
    states=(State("open", "Open"), State("settled", "Settled", is_open=False)),
)
