"""What the durable tables say after a fault: the executor's invariants I1 to I7, and that enough was done to try them.

It reads the executor's database and the sandbox CRM with plain SQL, on connections that cannot write, and nothing else:
no log, no answer of an API. I7 (Redis may vanish) is every other one, held by tests that take Redis away.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from psycopg.rows import dict_row

FINAL = ("success", "failed", "cancelled")
ENDS = {"success": ("success",), "failed": ("failed", "lost"), "cancelled": ("cancelled", "lost")}
"""How the last attempt of a task in this state may have ended."""

CLOSING_ACT = {"success": "finished AI task", "failed": "failed AI task", "cancelled": "cancelled AI task"}


@dataclass(frozen=True)
class Books:
    """Where the durable tables are: the executor's database, and the file of the sandbox CRM."""

    database_url: str
    crm: Path

    def rows(self, sql: str) -> list[SimpleNamespace]:
        """The rows of one question to the executor's database."""
        if self.database_url.startswith("sqlite:///"):
            return _sqlite_rows(Path(self.database_url.removeprefix("sqlite:///")), sql)
        with psycopg.connect(
            self.database_url, row_factory=dict_row, options="-c default_transaction_read_only=on"
        ) as connection:
            return [SimpleNamespace(**row) for row in connection.execute(sql)]  # type: ignore[call-overload]

    def unfinished(self, ids: Collection[str]) -> set[str]:
        """Those of these tasks that are in no final state, or nowhere."""
        return set(ids) - {
            row.id for row in self.rows("SELECT id FROM ai_task WHERE status IN ('success', 'failed', 'cancelled')")
        }

    def lost(self) -> int:
        """How many attempts were lost so far: those whose leases lapsed."""
        [counted] = self.rows("SELECT count(*) AS attempts FROM attempt WHERE outcome = 'lost'")
        return int(counted.attempts)


def _sqlite_rows(path: Path, sql: str) -> list[SimpleNamespace]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=15)
    connection.row_factory = sqlite3.Row
    try:
        return [SimpleNamespace(**dict(row)) for row in connection.execute(sql)]
    finally:
        connection.close()


@dataclass(frozen=True)
class Ledger:
    """Everything durable about some tasks, read in one go."""

    ids: tuple[str, ...]
    tasks: dict[str, SimpleNamespace]
    attempts: dict[str, list[SimpleNamespace]]
    effects: dict[str, list[SimpleNamespace]]
    marks: dict[tuple[str, str], int]
    notices: dict[str, list[str]]
    acts: dict[str, list[SimpleNamespace]]
    made: Counter[str]

    def attempts_in(self, outcome: str) -> list[SimpleNamespace]:
        """The attempts at these tasks that ended so."""
        return [one for task_id in self.ids for one in self.attempts[task_id] if one.outcome == outcome]

    def executions(self) -> int:
        """How many attempts were made at these tasks."""
        return sum(len(self.attempts[task_id]) for task_id in self.ids)

    def outlived(self) -> int:
        """Lost attempts whose worker lived on and took other work: what they wrote at their end came late, and was
        refused."""
        last_start: dict[str, datetime] = {}
        for rows in self.attempts.values():
            for one in rows:
                last_start[one.owner] = max(moment(one.started_at), last_start.get(one.owner, datetime.min))
        return sum(
            1 for one in self.attempts_in("lost") if one.ended_at and last_start[one.owner] > moment(one.ended_at)
        )

    def statuses(self) -> Counter[str]:
        """How many of these tasks are in which state."""
        return Counter(self.tasks[task_id].status for task_id in self.ids if task_id in self.tasks)

    def first_start(self, task_id: str) -> datetime:
        """When it was first claimed."""
        return moment(self.attempts[task_id][0].started_at)

    def waited(self, task_id: str) -> float:
        """Seconds from its order to its first claim."""
        return (self.first_start(task_id) - moment(self.tasks[task_id].created_at)).total_seconds()


def read(books: Books, ids: Iterable[str]) -> Ledger:
    """The ledger of these tasks, as it stands."""
    attempts, effects, notices, acts = (defaultdict(list) for _ in range(4))
    for row in books.rows("SELECT * FROM attempt ORDER BY task_id, lease"):
        attempts[row.task_id].append(row)
    for row in books.rows("SELECT * FROM effect"):
        effects[row.origin].append(row)
    for row in books.rows("SELECT id, source_id, body FROM request WHERE kind = 'notification-request'"):
        if _opened(row.body)["kind"] in ("task_done", "task_failed"):
            notices[row.source_id].append(row.id)
    for row in books.rows("SELECT id, subject_id, verb FROM act WHERE subject_kind = 'ai-task'"):
        acts[row.subject_id].append(row)
    [first] = [row.first_version for row in books.rows("SELECT first_version FROM feed_state")]
    return Ledger(
        ids=tuple(ids),
        tasks={row.id: row for row in books.rows("SELECT * FROM ai_task")},
        attempts=attempts,
        effects=effects,
        marks={(row.kind, row.subject_id): row.version - first + 1 for row in books.rows("SELECT * FROM feed")},
        notices=notices,
        acts=acts,
        made=Counter(row.key for row in _sqlite_rows(books.crm, "SELECT key FROM activity"))
        if books.crm.exists()
        else Counter(),
    )


def settle(books: Books, ids: Collection[str], *, seconds: float) -> float:
    """Wait until each task is in a final state, or until the time is over; the seconds that it took. Judges nothing."""
    began = time.monotonic()
    while (waiting := books.unfinished(ids)) and time.monotonic() - began < seconds:
        time.sleep(0.1 if len(waiting) < 100 else 0.4)
    return time.monotonic() - began


def check(
    books: Books,
    ids: Collection[str],
    *,
    executions: int,
    orders: int | None = None,
    lost: int = 0,
    happened: int = 0,
    wanted: int = 0,
    unknown: Collection[str] = (),
    retries: int = 3,
) -> Ledger:
    """The ledger of these tasks, if it holds every invariant; AssertionError naming each one that is broken.

    `ids` are all that were accepted, for so many `orders` (as many as there are, if nothing is said); `unknown` are
    those of which nobody may know whether their effect was made. Enough was done: at least `executions` attempts,
    `lost` of them lost, and `happened` faults of `wanted`.
    """
    ledger = read(books, ids)
    found = [
        *nothing_lost(ledger, len(ids) if orders is None else orders),
        *moves_legal(ledger),
        *leases_grow(ledger),
        *claims_counted(ledger, retries),
        *changes_told(ledger),
        *effects_once(ledger, unknown),
    ]
    assert not found, f"{len(found)} violations, the first ones:\n" + "\n".join(found[:25])
    assert ledger.executions() >= executions, f"only {ledger.executions()} executions of {executions}: too few to tell"
    assert len(ledger.attempts_in("lost")) >= lost, f"only {len(ledger.attempts_in('lost'))} attempts lost of {lost}"
    assert happened >= wanted, f"only {happened} faults of {wanted}: too few to tell"
    return ledger


def nothing_lost(ledger: Ledger, orders: int) -> list[str]:
    """I1: each order is one row, and has come to an end."""
    tasks = len(set(ledger.ids))
    return [
        *([f"I1: {tasks} tasks for {orders} orders"] if tasks != orders else []),
        *(f"I1 {task_id}: accepted, and gone" for task_id in ledger.ids if task_id not in ledger.tasks),
        *(
            f"I1 {task.id}: never ended, is {task.status} after {task.attempts} attempts"
            for task in _present(ledger)
            if task.status not in FINAL
        ),
    ]


def moves_legal(ledger: Ledger) -> list[str]:
    """I2: one attempt, that of the last lease, brought the end; no other one did, and none is still running."""
    found = []
    for task in _ended(ledger):
        attempts = ledger.attempts[task.id]
        outcomes = [one.outcome for one in attempts]
        if outcomes.count("success") != (task.status == "success"):
            found.append(f"I2 {task.id}: {task.status} with attempts that ended in {outcomes}")
        if "running" in outcomes:
            found.append(f"I2 {task.id}: {task.status} while an attempt still runs: {outcomes}")
        last = attempts[-1] if attempts else None
        if last and (last.lease != task.lease or last.outcome not in ENDS[task.status]):
            found.append(f"I2 {task.id}: {task.status} under lease {task.lease}, its last attempt says {last.outcome}")
        if task.status == "success" and not attempts:
            found.append(f"I2 {task.id}: success without an attempt")
        if task.finished_at is None or (task.result is None) == (task.status == "success"):
            found.append(f"I2 {task.id}: {task.status}, finished at {task.finished_at}, with the wrong sort of result")
    return found


def leases_grow(ledger: Ledger) -> list[str]:
    """I3: the leases of a task are 1, 2, 3..., a new one for each claim, in the order of time."""
    found = []
    for task in _present(ledger):
        if task.lease < task.attempts:
            found.append(f"I3 {task.id}: claimed {task.attempts} times, and its lease is {task.lease}")
        leases = [one.lease for one in ledger.attempts[task.id]]
        if leases != list(range(1, task.lease + 1)):
            found.append(f"I3 {task.id}: claimed under the leases {leases}, and the task says {task.lease}")
        starts = [moment(one.started_at) for one in ledger.attempts[task.id]]
        if starts != sorted(starts):
            found.append(f"I3 {task.id}: a later lease began earlier: {starts}")
    return found


def claims_counted(ledger: Ledger, retries: int) -> list[str]:
    """I4: each claim was counted, and there were no more than the first one and its retries."""
    found = []
    for task in _present(ledger):
        numbers = [one.number for one in ledger.attempts[task.id]]
        if numbers != list(range(1, task.attempts + 1)):
            found.append(f"I4 {task.id}: counted {task.attempts} claims, the attempts are {numbers}")
        if len(numbers) > 1 + retries:
            found.append(f"I4 {task.id}: claimed {len(numbers)} times, with {retries} retries allowed")
    return found


def changes_told(ledger: Ledger) -> list[str]:
    """I5: each change of state was marked in the feed, in its own transaction; the end was told to its people once,
    and is in the trail once."""
    found = []
    for task in _present(ledger):
        marked = ledger.marks.get(("ai-task", task.id), 0)
        if marked < _changes(ledger, task):
            found.append(f"I5 {task.id}: {_changes(ledger, task)} changes, and {marked} marks in the feed")
    for task in _ended(ledger):
        notices = ledger.notices[task.id]
        wanted = 0 if task.status == "cancelled" else 1
        if len(notices) != wanted or any(("notification-request", one) not in ledger.marks for one in notices):
            found.append(f"I5 {task.id}: {task.status}, with {len(notices)} notifications, told or not")
        closing = [act for act in ledger.acts[task.id] if act.verb == CLOSING_ACT[task.status]]
        if len(closing) != 1 or any(("act", act.id) not in ledger.marks for act in closing):
            found.append(f"I5 {task.id}: {task.status}, with {len(closing)} acts that say so, told or not")
    return found


def _changes(ledger: Ledger, task: SimpleNamespace) -> int:
    """The least number of transactions that changed what the feed tells of a task that is the first of its chain.

    A worker that comes back to a lost attempt may record its effect in the same shared commit (docs/decisions/007) in
    which its process claims the task again.
    """
    attempts = ledger.attempts[task.id]
    ends = sum(1 for one in attempts if one.outcome not in ("running", "lost"))
    effects = ledger.effects[task.id]
    return 1 + len(attempts) + ends + sum(1 + (effect.status in ("done", "not_done")) for effect in effects)


def effects_once(ledger: Ledger, unknown: Collection[str]) -> list[str]:
    """I6: each effect stands outside as often as its row says: done once, not done never, unknown at most once, and
    unknown only where it must be."""
    found = []
    for task in _present(ledger):
        effects = ledger.effects[task.origin]
        for effect in effects:
            times = ledger.made[effect.key]
            allowed = {"done": (1,), "not_done": (0,), "unknown": (0, 1)}.get(effect.status, ())
            if times not in allowed:
                found.append(f"I6 {effect.key}: {effect.status}, and made {times} times")
        if any(effect.status == "unknown" for effect in effects) != (task.id in unknown):
            states = [effect.status for effect in effects]
            found.append(f"I6 {task.id}: effects {states}, and unknown was {'' if task.id in unknown else 'not '}due")
        if task.status == "success" and _wants_effect(task) and not any(one.status == "done" for one in effects):
            found.append(f"I6 {task.id}: success, and its effect has no record that it was made")
    keys = {effect.key for rows in ledger.effects.values() for effect in rows}
    unrecorded = [key for key in ledger.made if key not in keys and key.partition(":")[0] in set(ledger.ids)]
    return found + [f"I6 {key}: made {ledger.made[key]} times, and nowhere recorded" for key in unrecorded]


def in_order(ledger: Ledger) -> list[str]:
    """Of one slot: the tasks were claimed in the order of (priority, created_at, id) exactly."""
    claimed = sorted(ledger.ids, key=ledger.first_start)
    best_first = sorted(
        ledger.ids, key=lambda one: (ledger.tasks[one].priority, moment(ledger.tasks[one].created_at), one)
    )
    return [
        f"order: claim {number} took {ours}, due was {due}"
        for number, (ours, due) in enumerate(zip(claimed, best_first, strict=True))
        if ours != due
    ]


def _wants_effect(task: SimpleNamespace) -> bool:
    return task.processor == "test-echo" and bool(_opened(task.metadata).get("effect"))


def _opened(value: Any) -> dict[str, Any]:
    """The object in a JSON column, as either database brings it."""
    return json.loads(value) if isinstance(value, str) else value


def _present(ledger: Ledger) -> list[SimpleNamespace]:
    return [ledger.tasks[task_id] for task_id in ledger.ids if task_id in ledger.tasks]


def _ended(ledger: Ledger) -> list[SimpleNamespace]:
    return [task for task in _present(ledger) if task.status in FINAL]


def moment(value: Any) -> datetime:
    """A moment as either database brings it, in UTC."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
