"""The long lists of runs, and what a step looks for: every filter and sort, at any depth, beside the same at a tenth of the rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from services.runs import models
from services.runs.action_types.registry import context_of
from services.runs.api.run_showing import runs_shown
from services.runs.api.serialization import partnerships_shown
from services.runs.app import CONTEXT
from services.runs.days import silent_before
from services.runs.models import GuidedRun, GuidedStep, Partnership, SearchWord, db, feed
from services.runs.states import STAGES
from services.runs.step_rows.row_candidates import candidates_of
from shared.contracts.paging import Page
from shared.database import connection
from shared.database.connection import session
from shared.database.model import insert_rows
from shared.ground import clock, ids, settings
from shared.search.terms import words_of
from shared.search.words import moment
from tests.bench import machine
from tests.bench.report import Row, at_most, percentile
from tests.bench.sizes import Sizes
from tests.house import ADMIN

GOAL_MS = 50
GOAL_RATIO = 2
OWNERS = 50
AT_ONCE = 5_000
PAGE = 50
DEEP = 20
FIRST = (
    "Harbor",
    "Northwind",
    "Kauri",
    "Mesa",
    "Bluefin",
    "Alder",
    "Sunrise",
    "Quarry",
    "Tidewater",
    "Fjord",
    "Cedar",
    "Lumen",
)
LAST = (
    "Analytics",
    "Logistics",
    "Learning",
    "Mobility",
    "Marine",
    "Research",
    "Health",
    "Ventures",
    "Schools",
    "Robotics",
)
STEPS = ("review", "email", "update_stage", "schedule", "create_task")

Question = Callable[[], int]
"""Asks, and tells how many rows it was shown."""


class Answer(NamedTuple):
    """How long a question took, time and again, in milliseconds, and how many rows it was shown."""

    took: list[float]
    rows: int

    def at(self, share: float) -> float:
        """The time that so great a share of them stayed below."""
        return percentile(self.took, share)


def measure(engine: str, sizes: Sizes, make_url: Callable[[str], str] | None = None) -> list[Row]:
    """Rows for one engine: the slowest question of each kind, at both sizes."""
    before, now = (_timed(count, sizes.looks, make_url) for count in (sizes.listed // 10, sizes.listed))
    rows = []
    for kind in dict.fromkeys(name.partition(":")[0] for name in now):
        mine = [name for name in now if name.startswith(kind)]
        slowest = max(mine, key=lambda name: now[name].at(0.95))
        p95, p50 = now[slowest].at(0.95), now[slowest].at(0.5)
        said = f"p50 {p50:.1f} ms, the slowest of {len(mine)}: {slowest.partition(':')[2].strip()}"
        rows.append(at_most(f"{kind}, {sizes.listed:,} rows, {engine}, p95", p95, GOAL_MS, "ms", said))
        # Where fewer rows are a shorter page too, the page is what is measured.
        alike = [name for name in mine if now[name].rows == before[name].rows]
        ratios = {name: now[name].at(0.5) / before[name].at(0.5) for name in alike}
        worst = max(ratios, key=lambda name: ratios[name])
        what = f"  over {sizes.listed // 10:,} rows, p50"
        rows.append(at_most(what, ratios[worst], GOAL_RATIO, "times", worst.partition(":")[2].strip()))
    return rows


def _timed(count: int, looks: int, make_url: Callable[[str], str] | None) -> dict[str, Answer]:
    """Each question's answer, with so many rows."""
    with machine.folder("lists") as home:
        url = make_url("lists") if make_url else f"sqlite:///{home}/runs.sqlite3"
        with _connected(url, home):
            now = clock.now()
            with session(db):
                fill(count, now, random.Random(1))
                return {name: _looks(ask, looks) for name, ask in questions(now).items()}


def _looks(ask: Question, count: int) -> Answer:
    rows = ask()  # finds the place to begin at, and warms what every later one finds warm
    return Answer([_once(ask) for _ in range(count)], rows)


def _once(ask: Question) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


@contextmanager
def _connected(url: str, home: Path) -> Iterator[None]:
    """The models of runs on a new database."""
    told = settings.load("runs")
    told = replace(told, home=home, database_urls=told.database_urls | {"runs": url})
    CONTEXT.migrate(told)
    CONTEXT.connect(told)
    feed.on_news = lambda kinds: None
    yield
    if connection.is_postgres(db):
        db.obj.close_all()


def fill(count: int, now: datetime, chance: random.Random) -> None:
    """So many partnerships, and as many runs, each with its words."""
    for start in range(0, count, AT_ONCE):
        numbers = range(start, min(count, start + AT_ONCE))
        partnerships = [_partnership(number, now, chance) for number in numbers]
        runs = [_run(number, now, chance) for number in numbers]
        with db.atomic():
            for table, kind, rows in ((Partnership, "partnership", partnerships), (GuidedRun, "guided-run", runs)):
                insert_rows(table, rows)
                words = [
                    {
                        "kind": kind,
                        "subject_id": row["id"],
                        "tenant_id": ADMIN.tenant_id,
                        "word": word,
                        "place": row.get("name_key") or moment(row["created_at"]),
                    }
                    for row in rows
                    for word in words_of(row["name"])
                ]
                insert_rows(SearchWord, words)
    if connection.is_postgres(db):
        # What autovacuum would have done while so much piled up.
        db.execute_sql("VACUUM ANALYZE")


def _partnership(number: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {number}"
    contact = now - timedelta(days=chance.uniform(0, 20 if chance.random() < 0.9 else 400))
    made = contact - timedelta(days=chance.uniform(1, 300))
    return {
        "id": ids.new_id(), "tenant_id": ADMIN.tenant_id, "name": name, "name_key": name.casefold(),
        "stage": chance.choice(STAGES), "owner": f"p{chance.randrange(OWNERS)}", "priority": chance.randint(1, 5),
        "last_contact_at": contact, "last_activity_at": contact, "stage_changed_at": made, "created_at": made,
        "updated_at": contact, "next_call_on": None,
    }  # fmt: skip


def _run(number: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    return {
        "id": ids.new_id(), "tenant_id": ADMIN.tenant_id, "name": f"{chance.choice(LAST)} review {number}",
        "status": "completed" if chance.random() < 0.9 else "in_progress", "owner": f"p{chance.randrange(OWNERS)}",
        "template_id": chance.choice(("mou-sprint", "new-lead-intake")), "created_at": now - timedelta(hours=number),
    }  # fmt: skip


def questions(now: datetime) -> dict[str, Question]:
    """All that is asked, by its name: `kind: which`."""
    return {**_of_partnerships(now), **_of_runs(), **_of_steps(now)}


def _of_partnerships(now: datetime) -> dict[str, Question]:
    filters: list[dict[str, Any]] = [{}]
    for name, value in (
        ("stage", "Active"), ("owner", "p7"), ("priority", 2), ("silent_before", silent_before(14, now, "UTC")),
    ):  # fmt: skip
        filters += [one | {name: value} for one in filters]
    searches = [{"q": "harbor"}, {"q": "har log"}, {"q": "nobody"}, {"q": "harbor", "stage": "Active"}]

    def shown(page: Page) -> Sized:
        return partnerships_shown(ADMIN.tenant_id, page.items, now)

    asked: dict[str, Question] = {}
    for sort, told in product(("name", "lastContact", "priority"), filters):
        which = f"{', '.join(told) or 'all'} by {sort}"
        asked[f"list of partnerships: {which}"] = _page(models.partnerships.listed, shown, sort=sort, **told)
        asked[f"list of partnerships: deep in {which}"] = _page(
            models.partnerships.listed, shown, DEEP, sort=sort, **told
        )
    for told in searches:
        asked[f"search of partnerships: {' in '.join(told.values())}"] = _page(
            models.partnerships.listed, shown, **told
        )
    return asked


def _of_runs() -> dict[str, Question]:
    filters: list[dict[str, Any]] = [{}]
    for name, value in (("status", "in_progress"), ("owner", "p7"), ("template_id", "mou-sprint")):
        filters += [one | {name: value} for one in filters]

    def shown(page: Page) -> Sized:
        return runs_shown(ADMIN.tenant_id, page.items)

    asked = {}
    for told in [*filters, {"q": "marine"}, {"q": "nobody"}]:
        which = " ".join(told) or "all"
        asked[f"list of guided runs: {which}"] = _page(models.runs.listed, shown, **told)
        asked[f"list of guided runs: deep in {which}"] = _page(models.runs.listed, shown, DEEP, **told)
    return asked


def _page(listed: Callable[..., Page], shown: Callable[[Page], Sized], deep: int = 0, **filters: Any) -> Question:
    """One page, so many pages behind the first."""
    found: list[str | None] = []

    def ask() -> int:
        if not found:
            found.append(_cursor(listed, deep, filters))
        return len(shown(listed(ADMIN.tenant_id, limit=PAGE, cursor=found[0], **filters)))

    return ask


def _cursor(listed: Callable[..., Page], deep: int, filters: dict[str, Any]) -> str | None:
    cursor = None
    for _ in range(deep):
        cursor = listed(ADMIN.tenant_id, limit=100, cursor=cursor, **filters).next or cursor
    return cursor


def _of_steps(now: datetime) -> dict[str, Question]:
    run = GuidedRun(id="run", tenant_id=ADMIN.tenant_id, owner=ADMIN.id, linked_partnership_ids=[])
    asked: dict[str, Question] = {}
    for action_type in STEPS:
        for which, config in (("", {}), (" that matches nothing", {"filter": {"owner": "nobody"}})):
            step = GuidedStep(id="step", run_id=run.id, tenant_id=run.tenant_id, action_type=action_type, config=config)
            asked[f"what a step shows: {action_type}{which}"] = _gathered(run, step, now)
    return asked


def _gathered(run: GuidedRun, step: GuidedStep, now: datetime) -> Question:
    return lambda: len(candidates_of(context_of(ADMIN, run, step, now=now)).items)
