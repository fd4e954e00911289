"""Expansion wish: the customer wants more: seats, sites, products."""

from services.workflows.fact_kinds.fact_kind import (
    SIGNAL,
    WATCHED,
    Details,
    FactKind,
    day,
    joined,
    number,
    percent,
    text,
)


class ExpansionDetails(Details):
    """The details of this kind."""

    quantity = number("How many")
    unit = text("Of what")
    wanted_from = day("Wanted from")
    said_by = text("Said by")
    percent = percent()


KIND = FactKind(
    key="expansion",
    group=SIGNAL,
    title="Expansion wish",
    help="The customer wants more: seats, sites, products.",
    details=ExpansionDetails,
    says=lambda details: joined(joined(details["quantity"], details["unit"], between=" "), details["saidBy"]),
    states=WATCHED,
)
