"""Imports partnerships from files: step by step with a receipt that stays, or at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from services.runs.import_kinds import KINDS
from services.runs.models import acts, imports, replicas
from shared.csv_import.import_commands import Directly
from shared.csv_import.importer import OUTCOMES, Check
from shared.csv_import.imports import Imports
from shared.ground.json_types import JsonObject


def make(checks: Mapping[str, Check], new_id: Callable[[], str]) -> Imports:
    """The imports of this context; `checks` checks the rows of each kind as the API does."""
    return Imports(imports, acts, KINDS, replicas.people.active, checks, new_id)


def receipt(done: Directly, *, dry_run: bool) -> JsonObject:
    """`{import_id, rows: [{line, outcome, id, name, reasons}], created, updated, unchanged, refused, dry_run}` of what was
    imported at once."""
    counts = Counter(row.outcome for row in done.receipts)
    rows = [
        {"line": row.line, "outcome": row.outcome, "id": row.id, "name": row.name, "reasons": row.reasons}
        for row in done.receipts
    ]
    return {"rows": rows, "dry_run": dry_run, "import_id": done.import_id} | {name: counts[name] for name in OUTCOMES}
