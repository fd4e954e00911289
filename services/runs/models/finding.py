"""Finds the few partnerships and guided runs that are shown as somebody types; limited to one tenant."""

from __future__ import annotations

from services.runs.models import partnerships, runs
from services.runs.models.partnership_tables import Partnership
from services.runs.models.tables import GuidedRun
from shared.search import finding
from shared.search.finding import Findable

PARTNERSHIPS = Findable(
    Partnership,
    partnerships.KIND,
    (Partnership.id, Partnership.name, Partnership.stage),
    ((Partnership.name_key, "asc"), (Partnership.id, "asc")),
    where="deleted_at IS NULL",
)
RUNS = Findable(GuidedRun, runs.KIND, (GuidedRun.id, GuidedRun.name, GuidedRun.status), tuple(runs.NEWEST))


def first(tenant_id: str, q: str, most: int) -> tuple[list[Partnership], list[GuidedRun]]:
    """At most so many partnerships and guided runs with words that begin like those of `q`, each kind in the order of its
    list."""
    found, guided = finding.first((PARTNERSHIPS, RUNS), tenant_id, q, most)
    return found, guided
