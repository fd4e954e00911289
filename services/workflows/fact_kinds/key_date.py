"""A day on which something is decided or closes."""

from services.workflows.fact_kinds.fact_kind import DATE, Details, FactKind, choice, joined, text


class KeyDateDetails(Details):
    """The details of this kind."""

    what = choice(
        "What",
        (
            "board",
            "committee",
            "budget",
            "fiscal_year_end",
            "tender",
            "go_live",
            "option",
            "reduction",
            "review",
            "other",
        ),
        required=True,
    )
    name = text("Name of it")
    who = text("Who decides")


KIND = FactKind(
    key="key_date",
    group=DATE,
    title="Date of the customer",
    help="A day on which something is decided or closes: a board or committee meeting, a budget, a tender, a go-live.",
    details=KeyDateDetails,
    says=lambda details: joined(details["name"] or details["what"].replace("_", " "), details["who"]),
)
