"""Notice given: one side has given notice, or says that it will."""

from services.workflows.fact_kinds.fact_kind import (
    SIGNAL,
    WATCHED,
    Details,
    FactKind,
    choice,
    day,
    joined,
    percent,
    text,
)
from shared.contracts.customers import SIDES
from shared.ground import wording


class NoticeGivenDetails(Details):
    """The details of this kind."""

    side = choice("By which side", SIDES, required=True)
    given_by = text("By whom")
    ends_on = day("Ends the contract on")
    percent = percent()


KIND = FactKind(
    key="notice_given",
    group=SIGNAL,
    title="Notice given",
    help="One side has given notice, or says that it will.",
    details=NoticeGivenDetails,
    says=lambda details: joined(details["givenBy"] or details["side"], wording.day(details["endsOn"])),
    states=WATCHED,
)
