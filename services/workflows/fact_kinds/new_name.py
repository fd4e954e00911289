"""New name: what the customer is called, or where it is reached, changes on its date."""

from services.workflows.fact_kinds.fact_kind import DATE, Details, FactKind, choice, joined, text


class NewNameDetails(Details):
    """The details of this kind."""

    what = choice("What changes", ("name", "domain", "address", "bank_account", "other"), required=True)
    before = text("From")
    after = text("To")
    confirmed_by = text("Confirmed by")


KIND = FactKind(
    key="new_name",
    group=DATE,
    title="New name or address",
    help="What the customer is called, or where it is reached, changes on its date: its name, its domain, its address.",
    details=NewNameDetails,
    says=lambda details: (
        joined(details["before"], details["after"], between=" → ") or details["what"].replace("_", " ")
    ),
)
