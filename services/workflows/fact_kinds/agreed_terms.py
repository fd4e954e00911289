"""Agreed terms: what both sides have agreed: price, term, quantity."""

from services.workflows.fact_kinds.fact_kind import DEAL, Details, FactKind, amount, currency, joined, money, number


class AgreedTermsDetails(Details):
    """The details of this kind."""

    price_per_year = amount("Price a year")
    currency = currency()
    term_months = number("Term in months", 240)
    quantity = number("Quantity")


KIND = FactKind(
    key="agreed_terms",
    group=DEAL,
    title="Agreed terms",
    help="What both sides have agreed: price, term, quantity.",
    details=AgreedTermsDetails,
    says=lambda details: joined(
        money(details, "pricePerYear"),
        f"{details['termMonths']} months" if details["termMonths"] else None,
        details["quantity"],
    ),
)
