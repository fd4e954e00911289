"""Credit: what we owe the customer, and whether it was given."""

from services.workflows.fact_kinds.fact_kind import (
    PAYMENT,
    Details,
    FactKind,
    State,
    amount,
    currency,
    joined,
    money,
    text,
)


class CreditDetails(Details):
    """The details of this kind."""

    amount = amount("Amount")
    currency = currency()
    reason = text("For what")


KIND = FactKind(
    key="credit",
    group=PAYMENT,
    title="Credit",
    help="What we owe the customer, such as a service credit, and whether it was given.",
    details=CreditDetails,
    says=lambda details: joined(money(details, "amount"), details["reason"]),
    states=(State("owed", "Owed"), State("given", "Given", is_open=False), State("closed", "Not owed", is_open=False)),
)
