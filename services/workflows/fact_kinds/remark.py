"""Something else: whatever no other kind of fact has a place for."""

from services.workflows.fact_kinds.fact_kind import OURS, Details, FactKind, joined, text


class RemarkDetails(Details):
    """The details of this kind."""

    what = text("What", required=True)
    who = text("Whose it is")


KIND = FactKind(
    key="remark",
    group=OURS,
    title="Something else",
    help="Whatever no other kind has a place for: a review, a licence key, a right in a contract.",
    details=RemarkDetails,
    says=lambda details: joined(details["what"], details["who"]),
)
