"""Champion left: the person who spoke for us has left or is about to."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, joined, percent, text


class ChampionLeftDetails(Details):
    """The details of this kind."""

    name = text("Who")
    went_to = text("Went to")
    percent = percent()


KIND = FactKind(
    key="champion_left",
    group=SIGNAL,
    title="Champion left",
    help="The person who spoke for us has left or is about to.",
    details=ChampionLeftDetails,
    says=lambda details: joined(details["name"], details["wentTo"], between=", now at "),
    states=WATCHED,
)
