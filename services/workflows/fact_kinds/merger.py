"""Merger or acquisition: the customer buys, is bought or joins another company."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, day, joined, percent, text
from shared.ground import wording


class MergerDetails(Details):
    """The details of this kind."""

    company = text("With whom")
    closes_on = day("Closes on")
    percent = percent()


KIND = FactKind(
    key="merger",
    group=SIGNAL,
    title="Merger or acquisition",
    help="The customer buys, is bought or joins another company.",
    details=MergerDetails,
    says=lambda details: joined(details["company"], wording.day(details["closesOn"])),
    states=WATCHED,
)
