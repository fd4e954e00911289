"""List price: what it costs without an agreement, by quantity where it differs."""

from services.workflows.fact_kinds.fact_kind import (
    DEAL,
    Details,
    FactKind,
    amount,
    currency,
    joined,
    money,
    number,
    text,
)


class ListPriceDetails(Details):
    """The details of this kind."""

    price = amount("Price a year")
    currency = currency()
    unit = text("For one of what")
    quantity_from = number("From how many")
    quantity_to = number("Up to how many")


KIND = FactKind(
    key="list_price",
    group=DEAL,
    title="List price",
    help="What it costs without an agreement, by quantity where it differs.",
    details=ListPriceDetails,
    says=lambda details: joined(
        joined(money(details, "price"), details["unit"], between=" a "),
        joined(details["quantityFrom"], details["quantityTo"], between="–"),
    ),
)
