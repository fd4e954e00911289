"""Purchase order: the order that an invoice needs."""

from services.workflows.fact_kinds.fact_kind import (
    DEAL,
    Details,
    FactKind,
    State,
    amount,
    currency,
    joined,
    money,
    number,
    text,
)


class PurchaseOrderDetails(Details):
    """The details of this kind."""

    lead_time_days = number("Working days that it takes", 1_000)
    number = text("Number")
    amount = amount("Amount")
    currency = currency()


KIND = FactKind(
    key="purchase_order",
    group=DEAL,
    title="Purchase order",
    help="The order that an invoice needs.",
    details=PurchaseOrderDetails,
    says=lambda details: joined(details["number"], money(details, "amount")),
    states=(State("wanted", "Asked for"), State("received", "Received"), State("closed", "Not needed", is_open=False)),
)
