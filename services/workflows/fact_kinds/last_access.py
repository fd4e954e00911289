"""Last day of access: the last day on which the customer may use the product, by contract, key or courtesy."""

from services.workflows.fact_kinds.fact_kind import DEAL, Details, FactKind, joined, text


class LastAccessDetails(Details):
    """The details of this kind."""

    reason = text("By what")
    needs_yes_of = text("A longer one needs the yes of")


KIND = FactKind(
    key="last_access",
    group=DEAL,
    title="Last day of access",
    help="The last day on which the customer may use the product, by contract, key or courtesy.",
    details=LastAccessDetails,
    says=lambda details: joined(details["reason"]),
)
