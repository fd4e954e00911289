"""Offer: what one side offers or asks."""

from services.workflows.fact_kinds.fact_kind import (
    DEAL,
    Details,
    FactKind,
    amount,
    choice,
    currency,
    day,
    joined,
    money,
    number,
)
from shared.contracts.customers import SIDES


class OfferDetails(Details):
    """The details of this kind."""

    side = choice("By which side", SIDES, required=True)
    price_per_year = amount("Price a year")
    currency = currency()
    term_months = number("Term in months", 240)
    quantity = number("Quantity")
    answer_wanted_by = day("Answer wanted by")


KIND = FactKind(
    key="offer",
    group=DEAL,
    title="Offer",
    help="What one side offers or asks.",
    details=OfferDetails,
    says=lambda details: joined(
        details["side"],
        money(details, "pricePerYear"),
        f"{details['termMonths']} months" if details["termMonths"] else None,
        details["quantity"],
    ),
)
