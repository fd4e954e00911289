"""Who answered last: which side spoke last, so whose turn it is."""

from services.workflows.fact_kinds.fact_kind import OURS, Details, FactKind, choice, joined, text
from shared.contracts.customers import SIDES


class LastWordDetails(Details):
    """The details of this kind."""

    side = choice("Which side", SIDES, required=True)
    name = text("Who")
    channel = text("How")
    about = text("What about", longest=500)


KIND = FactKind(
    key="last_word",
    group=OURS,
    title="Who answered last",
    help="Which side spoke last, so whose turn it is.",
    details=LastWordDetails,
    says=lambda details: joined(details["name"] or details["side"], details["about"], between=": "),
)
