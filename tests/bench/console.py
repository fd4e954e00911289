"""The lists of the console, home and the finder, with the book of a large team: each with its filters and orders, by real
HTTP, beside a request that finds nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import requests

from services.monitor.app import CONTEXT as MONITOR
from services.monitor.models import database as monitor_db
from services.monitor.models import feed as monitor_feed
from services.runs.app import CONTEXT as RUNS
from services.runs.models import db as runs_db
from services.runs.models import feed as runs_feed
from services.workflows.app import CONTEXT as WORKFLOWS
from services.workflows.models import Task, db, feed
from shared.database.connection import is_postgres
from shared.ground import clock
from shared.ground.principal import Principal
from tests.bench import console_book, console_read_model, lists, machine
from tests.bench.console_book import LEAD, TENANT, Size
from tests.bench.report import Row, at_most, percentile, plain
from tests.bench.sizes import Sizes
from tests.house import House

LIST_MS, HOME_MS, FIND_MS = 50, 150, 50
ROWS = 50
LEAST_MS = 0.1
"""The least processor of a floor: the clock of processes ticks every ten milliseconds."""

HTMX = {"HX-Request": "true"}
"""What the script of the page sends along as one types."""

BY = Principal("person", LEAD, "Max Weber", TENANT, roles=frozenset({"admin"}))
FLOOR = "a request that finds nothing"
SIGN_IN = "the page of signing in"

Params = Mapping[str, Any]


class Question(NamedTuple):
    """What is asked of whom; of a list so many rows."""

    service: str
    path: str
    params: Params
    rows: bool = True


class Answer(NamedTuple):
    """How long a question took, time and again, and the processor of all that worked on it, in milliseconds each."""

    took: list[float]
    processor: float

    def at(self, share: float) -> float:
        """The time that so great a share of them stayed below."""
        return percentile(self.took, share)


def measure(engine: str, sizes: Sizes, make_url: Callable[[str], str] | None = None) -> list[Row]:
    """Rows for one engine: of each list its slowest question and the one that costs most."""
    size = Size(sizes.customers, sizes.customers * 10, sizes.customers * 50)
    named: dict[str, dict[str, str]] = {}

    def fill_all(urls: Mapping[str, str], home: Path) -> None:
        named["subjects"] = fill(urls, home, size)

    with machine.house(make_url, fill=fill_all) as house:
        machine.settle(house)
        return rows_of(ask_all(house, sizes.looks, named["subjects"]), engine)


def fill(urls: Mapping[str, str], home: Path, size: Size) -> dict[str, str]:
    """Make the databases of workflows, runs and the monitor, and write the book into them. Returns the ids that are asked
    for: of a customer with tasks."""
    now, chance = clock.now(), random.Random(10)
    for context, database, its_feed, write in (
        (WORKFLOWS, db, feed, lambda: console_book.fill(size, now, chance)),
        (RUNS, runs_db, runs_feed, lambda: lists.fill(size.customers, now, chance)),
        (MONITOR, monitor_db, monitor_feed, lambda: console_read_model.fill(size, now, chance)),
    ):
        with machine.connected(context, database, its_feed, urls[context.name], home):
            write()
            if is_postgres(database):
                # What autovacuum would have done while so much piled up.
                database.execute_sql("VACUUM ANALYZE")
            if context is WORKFLOWS:
                found = {"customer": str(Task.for_tenant(TENANT).first().subject_id)}
    return found


def ask_all(house: House, looks: int, subjects: Mapping[str, str]) -> dict[str, Answer]:
    """The answer to each question, by its name."""
    reader = Reader(house)
    return {name: reader.look(question, looks) for name, question in questions(clock.now(), subjects).items()}


def rows_of(answers: Mapping[str, Answer], engine: str) -> list[Row]:
    """The rows of the report: each kind by its slowest, and beside it what it costs."""
    floor = max(answers[f"{FLOOR}: "].processor, LEAST_MS)
    rows = []
    for kind in dict.fromkeys(name.partition(":")[0] for name in answers):
        mine = {
            name.partition(":")[2].strip(): answer for name, answer in answers.items() if name.startswith(f"{kind}:")
        }
        slowest = max(mine, key=lambda which: mine[which].at(0.95))
        dearest = max(mine, key=lambda which: mine[which].processor)
        cost = mine[dearest].processor
        beside = (
            f"p50 {mine[slowest].at(0.5):.1f} ms, the slowest of {len(mine)}: {slowest}; most processor {cost:.1f} ms"
            f" ({cost / floor:.1f} floors): {dearest}"
        )
        what, p95 = f"{kind}, {engine}, p95", mine[slowest].at(0.95)
        goal = GOALS.get(kind, LIST_MS)
        rows.append(plain(what, p95, "ms", beside) if goal is None else at_most(what, p95, goal, "ms", beside))
    return rows


class Reader:
    """Somebody who asks the services, and the console on which they are signed in."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._rest, self._browser = requests.Session(), requests.Session()
        link = house.sign_in_link()
        token = parse_qs(urlsplit(link).query)["link"][0]
        origin = {"Origin": house.url("monitor"), "Sec-Fetch-Site": "same-origin"}
        address = f"{house.url('monitor')}/sign-in"
        self._browser.post(address, data={"link": token}, headers=origin, timeout=30).raise_for_status()

    def look(self, question: Question, looks: int) -> Answer:
        """Ask so often; before that once, which warms what every later one finds warm."""
        headers = self._house.headers(BY)
        self._ask(question, headers)
        before = self._processor()
        took = [self._ask(question, headers) for _ in range(looks)]
        return Answer(took, (self._processor() - before) / looks * 1000)

    def _ask(self, question: Question, headers: Mapping[str, str]) -> float:
        url, page = self._house.url(question.service) + question.path, question.service == "monitor"
        session = self._browser if page else self._rest
        if question.path == "/sign-in":
            session = requests.Session()
        began = time.perf_counter()
        params = question.params if page or not question.rows else {"limit": ROWS, **question.params}
        answer = session.get(
            url, params=params, headers=(HTMX if question.path == "/app/find" else {}) if page else headers, timeout=60
        )
        took = (time.perf_counter() - began) * 1000
        answer.raise_for_status()
        return took

    def _processor(self) -> float:
        parts = machine.processor_seconds(self._house)
        return sum(used for part, used in parts.items() if part.endswith("api")) + machine.postgres_seconds()


GOALS: dict[str, float | None] = {
    FLOOR: None,
    SIGN_IN: None,
    "the page of a list": None,
    "home": HOME_MS,
    "Ctrl-K": FIND_MS,
}
"""What each kind may take; the others LIST_MS, and a floor whatever it does."""


def questions(now: datetime, subjects: Mapping[str, str]) -> dict[str, Question]:
    """All that is asked, by its name: `kind: which`."""
    today = now.date()
    asked = {
        f"{FLOOR}: ": Question("workflows", "/api/workflows/tasks", {"ids": "nothing"}),
        f"{SIGN_IN}: ": Question("monitor", "/sign-in", {}),
    }
    customer_filters = _customers(today)
    for which, params in customer_filters.items():
        asked[f"list of customers: {which}"] = Question("workflows", "/api/customers", params)
        if "sort" not in params:
            asked[f"totals by currency: {which}"] = Question("workflows", "/api/customers/totals", params, rows=False)
    for kind, path, wanted in (
        ("list of contacts", "/api/contacts", _contacts(subjects)),
        ("list of tasks", "/api/workflows/tasks", _tasks(today, subjects)),
        ("list of workflows", "/api/workflows/executions", _executions(subjects)),
        ("contracts of a customer", f"/api/customers/{subjects['customer']}/contracts", {"": {}}),
    ):
        for which, params in wanted.items():
            asked[f"{kind}: {which}"] = Question("workflows", path, params)
    for kind, path, wanted in (
        ("list of partnerships", "/api/partnerships", _of_runs()),
        (
            "list of guided runs",
            "/api/guided-runs",
            {"all": {}, "mine in progress": {"status": "in_progress", "owner": LEAD}},
        ),
    ):
        for which, params in wanted.items():
            asked[f"{kind}: {which}"] = Question("runs", path, params)
    for which, params in {"mine": {"owner": LEAD}, "the team's": {}}.items():
        asked[f"what lies ahead: {which}"] = Question("workflows", "/api/workflows/overview", params, rows=False)
    return asked | _pages()


def _customers(today: date) -> dict[str, Params]:
    filters: dict[str, Params] = {
        "all": {}, "mine": {"owner": LEAD}, "nobody's": {"owner": "none"}, "at risk": {"at_risk": "true"},
        "mine at risk": {"owner": LEAD, "at_risk": "true"}, "on hold": {"hold": "true"}, "without contract": {"no_contract": "true"},
        "in EUR": {"currency": "EUR"}, "of a tier": {"tier": "growth"}, "of a stage": {"stage": "prepare"},
        "overdue": {"stage": "overdue"}, "without a date": {"stage": "none"}, "found by a": {"q": "a"}, "found by acme": {"q": "acme"},
        "found by acm ana": {"q": "acm ana"}, "not found": {"q": "nobody"},
        "within 90 days": {"renewal_from": today.isoformat(), "renewal_to": (today + timedelta(days=90)).isoformat()},
    }  # fmt: skip
    names = ("name", "arr", "renewal", "health", "likelihood", "lastTouch", "owner", "openTasks")
    sorts = [f"{way}{name}" for name in names for way in ("", "-")]
    by_any = {f"{which} by {sort}": {**filters[which], "sort": sort} for which in ("all", "mine") for sort in sorts}
    slow = {
        f"{which} by {sort}": {**params, "sort": sort}
        for which, params in filters.items()
        for sort in ("-arr", "-openTasks")
    }
    return filters | by_any | slow


def _contacts(subjects: Mapping[str, str]) -> dict[str, Params]:
    searches = ("a", "an", "ana", "ana pet", "acme", "example", "ana petrov acme", "nobody")
    return {"all": {}, "of a customer": {"customer_id": subjects["customer"]}} | {
        f"found by {q}": {"q": q} for q in searches
    }


def _tasks(today: date, subjects: Mapping[str, str]) -> dict[str, Params]:
    day, tomorrow, later = (today.isoformat(), *((today + timedelta(days=count)).isoformat() for count in (1, 8)))
    shows: dict[str, Params] = {
        "to do": {"todo": "true", "sort": "due"},
        "overdue": {"todo": "true", "sort": "due", "due_before": day},
        "today": {"todo": "true", "sort": "due", "due_from": day, "due_before": tomorrow},
        "this week": {"todo": "true", "sort": "due", "due_from": tomorrow, "due_before": later},
        "later": {"todo": "true", "sort": "due", "due_from": later},
        "snoozed": {"status": "snoozed", "sort": "snoozed", "auto_execute": "false"},
        "completed": {"status": "completed", "sort": "completed", "auto_execute": "false"},
        "of AI": {"auto_execute": "true"},
        "of AI that wait": {"auto_execute": "true", "execution_status": "queued"},
        "by priority": {},
        "open by priority": {"status": "open"},
    }  # fmt: skip
    whose: dict[str, Params] = {
        "mine": {"owner": LEAD}, "the team's": {}, "of a customer": {"customer_id": subjects["customer"]},
        "found by call": {"q": "call"}, "found by a": {"q": "a"}, "found by call ana": {"q": "call ana"}, "not found": {"q": "nobody"},
        "mine found by renewal": {"owner": LEAD, "q": "renewal"},
    }  # fmt: skip
    whole = {"parent_task_id": "none"}
    return {f"{who}, {show}": {**whole, **one, **other} for who, one in whose.items() for show, other in shows.items()}


def _executions(subjects: Mapping[str, str]) -> dict[str, Params]:
    return {
        "all": {}, "in progress": {"status": "in_progress"}, "mine in progress": {"status": "in_progress", "owner": LEAD},
        "mine": {"owner": LEAD}, "of a stage": {"stage": "discovery"}, "of a customer": {"customer_id": subjects["customer"]},
    }  # fmt: skip


def _of_runs() -> dict[str, Params]:
    return {"all": {}, "of a stage": {"stage": "Active"}, "mine": {"owner": LEAD}, "found by har": {"q": "har"}}


def _pages() -> dict[str, Question]:
    asked = {f"home: {whose}": Question("monitor", "/app", {"whose": whose}) for whose in ("me", "team")}
    typed = ["acme analytics"[:length] for length in range(1, 15)] + [
        "ana petrov acme",
        "call ana pet",
        "har log 4",
        "zzz",
    ]
    asked |= {f"Ctrl-K: {q}": Question("monitor", "/app/find", {"q": q}) for q in typed}
    for name in ("customers", "renewals", "contacts", "tasks", "partnerships", "runs", "monitor", "notifications"):
        asked[f"the page of a list: {name}"] = Question("monitor", f"/app/{name}", {})
    return asked
