"""Reorganisation: departments, budgets or responsibilities move."""

from services.workflows.fact_kinds.fact_kind import SIGNAL, WATCHED, Details, FactKind, percent, share


class ReorganisationDetails(Details):
    """The details of this kind."""

    percent = percent()


KIND = FactKind(
    key="reorganisation",
    group=SIGNAL,
    title="Reorganisation",
    help="Departments, budgets or responsibilities move.",
    details=ReorganisationDetails,
    says=share,
    states=WATCHED,
)
