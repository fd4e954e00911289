"""Guided runs for the fault tests: a step with rows, people who click until they are answered, and what must stand after."""

from __future__ import annotations

import itertools
import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import requests

from shared.ground import ids
from shared.process.child_process import ChildProcess
from shared.process.supervisor import is_ready
from tests.faults.checker import Books
from tests.faults.dying import words
from tests.house import House, eventually

SERVICES = ("executor", "runs")
AGAIN = (502, 503, 504)
"""What a person, or a console, answers by asking again."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Step:
    """A step at work: where it is, and the partnerships that it shows, with the address of each."""

    run_id: str
    id: str
    addresses: dict[str, str]

    @property
    def path(self) -> str:
        """Where it answers."""
        return f"/api/guided-runs/{self.run_id}/steps/{self.id}"


@dataclass
class Person:
    """Somebody who clicks, reloads and clicks again, as often as it takes; `lost` counts what was not answered.

    An answer of 500 is an AssertionError: no fault is one that people should see.
    """

    house: House
    lost: int = 0
    answers: list[Any] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", seconds: float = 60) -> requests.Response:
        """The first answer of runs that is one, whatever it says; TimeoutError when there is none in time."""
        headers = self.house.headers() | ({"Idempotency-Key": key} if key else {})
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                answer = requests.request(
                    method, self.house.url("runs") + path, json=body, headers=headers, timeout=(2, 20)
                )
            except requests.RequestException:
                self.lost += 1
            else:
                assert answer.status_code != 500, f"{method} {path} -> 500: {answer.text}"
                if answer.status_code not in AGAIN:
                    self.answers.append(answer)
                    return answer
                self.lost += 1
            time.sleep(0.1)
        raise TimeoutError(f"{method} {path} was not answered within {seconds} s")

    def act(self, step: Step, body: dict[str, Any], *, key: str = "", allowed: Sequence[int] = (200,)) -> Any:
        """What an action in a step came to; AssertionError for any other answer."""
        answer = self.ask("POST", f"{step.path}/actions", body, key=key)
        assert answer.status_code in allowed, f"{body} -> {answer.status_code}: {answer.text}"
        return answer.json()


def step_with(house: House, count: int, action_type: str, **config: Any) -> Step:
    """A new run with one step of that kind, started, which shows so many new partnerships."""
    number = next(_numbers)
    addresses = {f"Partner {one} of {number}": f"p{one}@faults{number}.test" for one in range(count)}
    lines = ["name,contact_name,contact_email,stage"]
    lines += [f"{name},Grace,{address},Conversation Active" for name, address in addresses.items()]
    receipt = house.post("runs", "/api/partnerships/import", {"csv": "\n".join(lines)})
    told = {row["id"]: addresses[row["name"]] for row in receipt["rows"]}
    config = {"partnershipIds": list(told), "limit": 100} | config
    own = {"actionType": action_type, "title": f"Step {number}", "config": config}
    run = house.post("runs", "/api/guided-runs", {"name": f"Run {number}", "steps": [own]})
    step = Step(run["id"], run["steps"][0]["id"], told)
    house.post("runs", f"{step.path}/start")
    return step


@contextmanager
def staffed(house: House, **parts: tuple[str, ...]) -> Iterator[list[ChildProcess]]:
    """The house with these parts besides those that it has, `runs_worker_1=words(...)`, for so long; a part of a name that
    there is already takes its place meanwhile."""
    names = {name: name.replace("_", " ") for name in parts}
    back = [house.hold_down(name) for name in names.values()]
    try:
        yield [house.add(names[name], told) for name, told in parts.items()]
    finally:
        for name in names.values():
            house.hold_down(name)
        for release in back:
            release()
        apis = [name.removesuffix(" api") for name in names.values() if name.endswith(" api")]
        eventually(lambda: all(is_ready(house.url(one) + "/readyz") for one in apis), seconds=60)


def at_once(*clicks: Callable[[], Any]) -> None:
    """What several people do at the same moment, until all of them are through; the first error of any of them."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(clicks))

    def run(click: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            click()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(click,)) for click in clicks]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if errors:
        raise errors[0]


def whole(broken: str = "sound") -> dict[str, tuple[str, ...]]:
    """Two workers of each service, and none of them dies by itself."""
    return {
        f"{service}_worker_{number}": words(service, "work", broken=broken if service == "runs" else "sound")
        for service in SERVICES
        for number in (1, 2)
    }


def books_of(house: House, service: str) -> Books:
    """The durable tables of one service of the house."""
    home = Path(house.told.home)
    return Books(house.environment[f"TANDEM_{service.upper()}_DATABASE_URL"], home / "sandbox-crm.sqlite3")


def settled(look: Callable[[], list[str]], *, seconds: float = 60, still: float = 60) -> None:
    """Wait until nothing is found wrong any more; AssertionError with what is, when the time is over, or when it has stayed
    the same for so long that it will not change."""
    until = time.monotonic() + seconds
    before: tuple[list[str], float] = ([], until)
    while found := look():
        if found != before[0]:
            before = (found, time.monotonic() + still)
        assert time.monotonic() < min(until, before[1]), f"{len(found)} violations, the first ones:\n" + "\n".join(
            found
        )
        time.sleep(0.3)


@dataclass(frozen=True)
class Post:
    """What stands in the mailbox for some addresses: each mail, and how often each key was sent, by its id."""

    mails: list[EmailMessage]
    times: dict[str, int]

    def keys(self) -> Counter[str]:
        """How many mails stand under which delivery."""
        return Counter(str(one["X-Tandem-Key"]).partition(":")[0] for one in self.mails)


def post_to(house: House, addresses: Sequence[str]) -> Post:
    """What was mailed to these addresses."""
    boxes = Path(house.told.home) / "mailbox"
    read = (message_from_bytes(path.read_bytes(), policy=SMTP) for path in sorted(boxes.glob("*/*.eml")))
    mails: list[Any] = [one for one in read if any(to.addr_spec in addresses for to in one["To"].addresses)]
    if not mails:
        return Post([], {})  # the tables of the index are there from before the first mail, and not from the beginning
    index = sqlite3.connect(boxes / "index.sqlite3", timeout=15)
    try:
        times = {row[0].partition(":")[0]: row[1] for row in index.execute("SELECT key, times FROM mail")}
    finally:
        index.close()
    return Post(mails, times)


def wrong_about_mails(house: House, step: Step) -> list[str]:
    """What is not as it must be when each row of the step was mailed once: G1 to G6; none when all is well."""
    runs, executor = books_of(house, "runs"), books_of(house, "executor")
    deliveries = _of(runs, "delivery", step_id=step.id)
    rows = _of(runs, "step_row", step_id=step.id)
    asked = {one.id for one in _of(runs, "request", source_id=step.run_id) if one.kind == "ai-task-request"}
    tasks = {one.id: one.status for one in _of(executor, "ai_task", source_id=step.run_id)}
    told = [one for one in _of(runs, "activity", step_id=step.id) if one.kind == "email_sent"]
    acts = Counter(one.verb for one in _of(runs, "act", subject_id=step.run_id))
    post, count = post_to(house, list(step.addresses.values())), len(step.addresses)
    sent = {one.id for one in deliveries if one.status == "sent"}
    [shown] = _of(runs, "guided_step", id=step.id)
    result = _opened(shown.result)
    return [
        *_unless("G1: rows without one delivery that was sent",
                 Counter(one.row_id for one in deliveries) == Counter(row.id for row in rows), len(sent) == count),
        *_unless("G2: rows that are not done", {row.state for row in rows} == {"done"}),
        *_unless("G3: requests or AI tasks that are no delivery's, or that did not end well",
                 asked == sent, tasks == dict.fromkeys(sent, "success")),
        *_unless("G4: mails that are not one a delivery and one a person",
                 post.keys() == Counter(sent), sorted(_recipients(post)) == sorted(step.addresses.values())),
        *_unless("G4: keys that were sent again", all(post.times.get(one) == 1 for one in sent)),
        *_unless(f"G5: the step says {result}", result == {"emailsSent": count}),
        *_unless(f"G6: {len(told)} activities of {count}, and the acts {dict(acts)}",
                 Counter(one.partnership_id for one in told) == Counter(list(step.addresses)),
                 acts["queued e-mail"] == acts["sent e-mail"] == count),
    ]  # fmt: skip


def wrong_about_calls(house: House, step: Step) -> list[str]:
    """What is not as it must be when each row's call was booked, moved and cancelled once: G7 to G9; none when all is well."""
    runs = books_of(house, "runs")
    meetings = _of(runs, "meeting", step_id=step.id)
    deliveries = [one for one in _of(runs, "delivery", step_id=step.id) if one.status == "sent"]
    post = post_to(house, list(step.addresses.values()))
    invited: dict[str, list[tuple[int, str]]] = {}
    for mail in post.mails:
        event = _event_of(mail)
        invited.setdefault(event["UID"], []).append((int(event["SEQUENCE"]), event["METHOD"]))
    due = [(0, "REQUEST"), (1, "REQUEST"), (2, "CANCEL")]
    return [
        *_unless("G7: rows without one call, or calls that still stand",
                 len(meetings) == len(step.addresses), {one.status for one in meetings} == {"cancelled"}),
        *_unless(f"G8: {len(deliveries)} invitations, changes and cancellations that were sent",
                 len(deliveries) == 3 * len(meetings), post.keys() == Counter(one.id for one in deliveries),
                 all(post.times.get(one.id) == 1 for one in deliveries)),
        *_unless(f"G9: a call is not one UID whose SEQUENCE rises: {invited}",
                 {uid: sorted(told) for uid, told in invited.items()} == {one.uid: due for one in meetings}),
    ]  # fmt: skip


def _event_of(mail: EmailMessage) -> dict[str, str]:
    """UID, SEQUENCE and METHOD of the invitation that a mail carries."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    lines = part.get_content().replace("\r\n ", "").replace("\n ", "").splitlines()
    return dict(line.split(":", 1) for line in lines if line.startswith(("UID:", "SEQUENCE:", "METHOD:")))


def _recipients(post: Post) -> list[str]:
    return [to.addr_spec for mail in post.mails for to in mail["To"].addresses]


def _unless(told: str, *good: bool) -> list[str]:
    return [] if all(good) else [told]


def _of(books: Books, table: str, **column: str) -> list[SimpleNamespace]:
    [(name, value)] = column.items()
    return books.rows(f"SELECT * FROM {table} WHERE {name} = '{value}'")


def _opened(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def key() -> str:
    """A new Idempotency-Key, as a page has one from when it was loaded."""
    return ids.new_id()
