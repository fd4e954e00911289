"""The REST API of imports, and the receipts of those that are done at once."""

from __future__ import annotations

from typing import Any

from services.runs import importing
from services.runs.import_kinds import PARTNERSHIPS
from services.runs.schemas.partnerships import PartnershipIn
from shared.csv_import import import_routes
from shared.ground import clock, ids
from shared.web import callers, error_responses

CHECKS = {PARTNERSHIPS.key: error_responses.check_by(PartnershipIn())}
"""The check of the rows of each kind."""

stored = importing.make(CHECKS, ids.new_id)
imports = import_routes.make(stored)


def at_once(data: dict[str, Any]) -> dict[str, Any]:
    """The receipt of a file of partnerships that is imported at once."""
    done = stored.directly(callers.by(), PARTNERSHIPS.key, import_routes.direct_command(data), now=clock.now())
    return importing.receipt(done, dry_run=data["dry_run"])
