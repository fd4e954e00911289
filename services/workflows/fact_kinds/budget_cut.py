"""Budget cut: money for software is to be cut."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, percent, share


class BudgetCutDetails(Details):
    """The details of this kind."""

    percent = percent()


KIND = FactKind(
    key="budget_cut",
    group=SIGNAL,
    title="Budget cut",
    help="Money for software is to be cut.",
    details=BudgetCutDetails,
    says=share,
    states=WATCHED,
)
