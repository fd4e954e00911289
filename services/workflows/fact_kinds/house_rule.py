"""Rule of the house: what needs somebody's yes with this customer."""

from services.workflows.fact_kinds.fact_kind import OURS, Details, FactKind, joined, number, text


class HouseRuleDetails(Details):
    """The details of this kind."""

    what = text("What", required=True)
    needs_yes_of = text("Needs the yes of")
    lead_time_days = number("Days that it takes", 1_000)


KIND = FactKind(
    key="house_rule",
    group=OURS,
    title="Rule of the house",
    help="What needs somebody's yes with this customer.",
    details=HouseRuleDetails,
    says=lambda details: joined(details["what"], details["needsYesOf"], between=": yes of "),
)
