"""Imports customers and contacts from files: step by step with a receipt that stays, or at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from services.workflows.import_kinds import KINDS
from services.workflows.models import acts, imports, replicas
from shared.csv_import.import_commands import Directly
from shared.csv_import.importer import Check
from shared.csv_import.imports import Imports
from shared.ground.json_types import JsonObject


def make(checks: Mapping[str, Check], new_id: Callable[[], str]) -> Imports:
    """The imports of this context; `checks` checks the rows of each kind as the API does."""
    return Imports(imports, acts, KINDS, replicas.people.active, checks, new_id)


def receipt(done: Directly, *, dry_run: bool, id_name: str) -> JsonObject:
    """`{dry_run, import_id, rows: [{row, outcome, name, reason, <id_name>}], counts}` of what was imported at once."""
    rows = [
        {"row": one.line, "outcome": one.outcome, "name": one.name, id_name: one.id}
        | {"reason": "; ".join(one.reasons) or None}
        for one in done.receipts
    ]
    counts = dict(Counter(one.outcome for one in done.receipts))
    return {"dry_run": dry_run, "import_id": done.import_id, "rows": rows, "counts": counts}
