"""Measured value: what the product did for the customer, in figures."""

from services.workflows.fact_kinds.fact_kind import OURS, Details, FactKind, joined, text


class MeasuredValueDetails(Details):
    """The details of this kind."""

    what = text("What", required=True)
    before = text("Before")
    after = text("Now")
    confirmed_by = text("Confirmed by")


KIND = FactKind(
    key="measured_value",
    group=OURS,
    title="Measured value",
    help="What the product did for the customer, in figures.",
    details=MeasuredValueDetails,
    says=lambda details: joined(
        details["what"], joined(details["before"], details["after"], between=" to "), between=": "
    ),
)
