"""Payment: whether invoices are paid."""

from services.workflows.fact_kinds.fact_kind import PAYMENT, Details, FactKind, State, amount, currency, day, money


class PaymentStateDetails(Details):
    """The details of this kind."""

    last_paid_on = day("Last invoice paid on")
    overdue_amount = amount("Overdue")
    currency = currency()
    overdue_since = day("Overdue since")


KIND = FactKind(
    key="payment_state",
    group=PAYMENT,
    title="Payment",
    help="Whether invoices are paid.",
    details=PaymentStateDetails,
    says=lambda details: money(details, "overdueAmount"),
    states=(
        State("paid", "Paid"),
        State("overdue", "Overdue"),
        State("withheld", "Withheld"),
        State("closed", "Replaced", is_open=False),
    ),
)
