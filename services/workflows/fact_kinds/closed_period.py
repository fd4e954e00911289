"""Nobody is there."""

from services.workflows.fact_kinds.fact_kind import DATE, Details, FactKind, day, joined, text
from shared.ground import wording


class ClosedPeriodDetails(Details):
    """The details of this kind."""

    ends_on = day("To")
    who = text("Who is away")


KIND = FactKind(
    key="closed_period",
    group=DATE,
    title="Closed period",
    help="Nobody is there: holidays, an inventory, a freeze of changes. It lasts from its date to its end.",
    details=ClosedPeriodDetails,
    says=lambda details: joined(details["who"], wording.day(details["endsOn"]), between=" until "),
)
