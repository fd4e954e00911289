"""Payment withheld: the customer holds back money that is due."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, amount, currency, money, percent


class PaymentWithheldDetails(Details):
    """The details of this kind."""

    amount = amount("Amount")
    currency = currency()
    percent = percent()


KIND = FactKind(
    key="payment_withheld",
    group=SIGNAL,
    title="Payment withheld",
    help="The customer holds back money that is due.",
    details=PaymentWithheldDetails,
    says=lambda details: money(details, "amount"),
    states=WATCHED,
)
