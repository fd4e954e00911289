"""Going out by itself: what leaves the house by itself on its due date: an invoice, a notice, a campaign."""

from services.workflows.fact_kinds.fact_kind import OURS, Details, FactKind, State, joined, text


class GoingOutDetails(Details):
    """The details of this kind."""

    what = text("What", required=True)
    who = text("By what")
    recipient = text("To whom")


KIND = FactKind(
    key="going_out",
    group=OURS,
    title="Going out by itself",
    help="What leaves the house by itself on its due date: an invoice, a notice, a campaign.",
    details=GoingOutDetails,
    says=lambda details: joined(
        joined(details["what"], details.get("recipient"), between=" to "), details["who"], between=", by "
    ),
    states=(
        State("planned", "Planned"),
        State("stopped", "Stopped", is_open=False),
        State("done", "Gone out", is_open=False),
    ),
)
