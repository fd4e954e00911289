"""The REST API of imports, and the receipts of those that are done at once."""

from __future__ import annotations

from typing import Any

from services.workflows import importing
from services.workflows.import_kinds import CONTACTS, CUSTOMERS, USAGE_READINGS
from services.workflows.schemas.contacts import ContactPatch
from services.workflows.schemas.customer_facts import UsageIn
from services.workflows.schemas.customers import CustomerPatch
from shared.csv_import import import_routes
from shared.csv_import.importer import ImportKind
from shared.ground import clock, ids
from shared.web import callers, error_responses

CHECKS = {
    CUSTOMERS.key: error_responses.check_by(CustomerPatch(partial=True)),
    CONTACTS.key: error_responses.check_by(ContactPatch(partial=True)),
    USAGE_READINGS.key: error_responses.check_by(UsageIn()),
}
"""The check of the rows of each kind."""

stored = importing.make(CHECKS, ids.new_id)
imports = import_routes.make(stored)


def at_once(kind: ImportKind, data: dict[str, Any], id_name: str) -> dict[str, Any]:
    """The receipt of a file that is imported at once."""
    done = stored.directly(callers.by(), kind.key, import_routes.direct_command(data), now=clock.now())
    return importing.receipt(done, dry_run=data["dry_run"], id_name=id_name)
