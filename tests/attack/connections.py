"""Slow connections, many streams, a flood of sign-ins and invented methods, and how long everybody else waits meanwhile."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import requests

from shared.ground import clock
from shared.ground.principal import Principal
from tests.attack import sign_ins
from tests.attack.crowd import Crowd, slow_bodies, slow_heads, slow_readers, streams
from tests.attack.latency import waited
from tests.house import House

SLOW = (24, 300, 2000)
WATCHING_PAGES, WATCHING_EVENTS, PER_PERSON = 400, 100, 20
EVENTS, QUIET_SECONDS = 5, 6.0
SIGN_IN_SECONDS = 12.0
METHODS = 3000
PATIENCE = 60.0


def main() -> int:
    """Build the house, attack it in turn, and print a line for each; how long others waited is for the reader to judge."""
    told = {"TANDEM_TEST_PROCESSORS": "true", "TANDEM_LOG_LEVEL": "WARNING"}
    with (
        tempfile.TemporaryDirectory(prefix="tandem-attack-") as home,
        House(Path(home), services=("monitor", "executor"), quick=False, **told) as house,
    ):
        print(f"{'':<34} {'/livez':<16} {'a page':<16} (middle / longest wait)")
        line(house, "nothing else")
        for count in SLOW:
            slow(house, count)
        watch(house)
        flood(house)
        methods(house)
    return 0


def address(house: House) -> tuple[str, int]:
    """Where the console listens."""
    told = urlsplit(house.url("monitor"))
    return str(told.hostname), int(told.port or 0)


def person(number: int) -> Principal:
    """A member of the sample tenant."""
    return Principal("person", f"person-{number}", f"Person {number}", "demo", roles=frozenset({"member"}))


def line(house: House, what: str, more: str = "", seconds: float = 4.0) -> None:
    """One line: how long /livez and a page take just now."""
    livez = waited(house.url("monitor") + "/livez", seconds=seconds)
    page = waited(house.url("monitor") + "/app/monitor", house.headers(), seconds=seconds)
    print(f"{what:<34} {livez!s:<16} {page!s:<16} {more}", flush=True)


def slow(house: House, count: int) -> None:
    """Heads and bodies that do not end, and answers that are not read."""
    where = address(house)
    with slow_heads(where, count) as crowd:
        line(house, f"{count} heads that never end")
        time.sleep(4)
        print(f"{'':<34} after 12 s {crowd.standing} of them stand; answered {crowd.statuses()}")
    with slow_bodies(where, count):
        line(house, f"{count} bodies that never end")
    with slow_readers(where, min(count, 300), "/static/vendor/htmx.org-4.0.1/htmx.min.js"):
        line(house, f"{min(count, 300)} that read no answer")


def watch(house: House) -> None:
    """Streams of pages and of programs, and how soon all of them hear of what happens."""
    before = memory(house)
    with ExitStack() as stack:
        pages = list(_watching(house, stack, WATCHING_PAGES, f"/app/live?view=list&from={_now()}"))
        programs = list(_watching(house, stack, WATCHING_EVENTS, "/api/runs/stream"))
        watching = WATCHING_PAGES + WATCHING_EVENTS
        line(house, f"{watching} streams, nothing happens", f"{memory(house) - before} MB more")
        with steady_news(house):
            line(house, f"{watching} streams, a task a second", seconds=8.0)
        for _ in range(EVENTS):
            time.sleep(QUIET_SECONDS)
            print(f"{'':<34} an event was with {_heard(house, programs, pages)}")
    one_person(house)


def _now() -> str:
    return clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")


def _watching(house: House, stack: ExitStack, count: int, path: str) -> Iterator[Crowd]:
    for number in range(count // PER_PERSON):
        token = house.headers(person(number))["Authorization"].removeprefix("Bearer ")
        crowd = stack.enter_context(streams(address(house), PER_PERSON, path, token))
        assert crowd.until(PER_PERSON, PATIENCE), crowd.statuses()
        yield crowd


def _task(house: House) -> str:
    body = {"processor": "test-echo", "title": "Something to hear of", "metadata": {}}
    return house.post("executor", "/api/ai-tasks", body)["id"]


@contextmanager
def steady_news(house: House) -> Iterator[None]:
    """An AI task a second, each of which is several events."""
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(1.0):
            _task(house)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    yield
    done.set()
    thread.join(PATIENCE)


def _heard(house: House, programs: list[Crowd], pages: list[Crowd]) -> str:
    """After how long the first and the last program, and the last page, had heard of a task that was just made."""
    began = time.monotonic()
    task = _task(house).encode()
    first = _until(lambda: _programs(programs, task) >= 1) - began
    last = _until(lambda: _programs(programs, task) >= WATCHING_EVENTS) - began
    answer = next(bytes(answer) for answer in programs[0].answers.values() if task in answer)
    position = re.findall(rb"id: (\d+)\n", answer[: answer.index(task)])[-1]
    page = _until(lambda: _shown(pages, int(position)) >= WATCHING_PAGES) - began
    return f"the first program after {first:.2f} s, with all after {last:.2f} s, on all pages after {page:.2f} s"


def _programs(programs: list[Crowd], task: bytes) -> int:
    """How many programs have heard of this task."""
    return sum(crowd.heard(task) for crowd in programs)


def _shown(pages: list[Crowd], position: int) -> int:
    """How many pages show what stands at this position; one that had more to show at once names the last alone."""
    answers = [bytes(answer[-20_000:]) for crowd in pages for answer in list(crowd.answers.values())]
    return sum(any(int(found) >= position for found in re.findall(rb"id: (\d+)\n", answer)) for answer in answers)


def _until(holds: Callable[[], bool]) -> float:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s"
        time.sleep(0.05)
    return time.monotonic()


def one_person(house: House) -> None:
    """What one person gets who opens too many streams."""
    token = house.headers(person(1000))["Authorization"].removeprefix("Bearer ")
    with streams(address(house), 165, "/api/runs/stream", token) as crowd:
        _until(lambda: sum(crowd.statuses().values()) == crowd.count)
        line(house, "165 streams of one person", f"answered {crowd.statuses()}")


def flood(house: House) -> None:
    """Wrong passwords, many at once and as fast as they are answered."""
    words = [sys.executable, "-m", "tests.attack.sign_ins", house.url("monitor") + "/sign-in", str(SIGN_IN_SECONDS)]
    running = subprocess.Popen(words, cwd=house.launcher.folder, stdout=subprocess.PIPE, text=True)
    time.sleep(2)
    line(house, f"{sign_ins.AT_ONCE} sign in over and over")
    found = json.loads(running.communicate(timeout=PATIENCE)[0])
    print(f"{'':<34} answered {found['answers']}, the slowest after {found['longest']:.1f} s")


def methods(house: House) -> None:
    """Invented methods, and how long /metrics is before and after."""
    host, port = address(house)
    url = house.url("monitor") + "/metrics"
    before = len(requests.get(url, timeout=30).content)
    for number in range(0, METHODS, 100):
        asked = "".join(f"M{number + each} /livez HTTP/1.1\r\nHost: t\r\n\r\n" for each in range(100))
        with Crowd((host, port), 1, asked.encode()) as crowd:
            deadline = time.monotonic() + PATIENCE
            while crowd.heard(b"HTTP/1.1 ") and _answers(crowd) < 100 and time.monotonic() < deadline:
                time.sleep(0.02)
    after = len(requests.get(url, timeout=30).content)
    print(f"{METHODS} invented methods: /metrics had {before:,} bytes before and has {after:,}")


def _answers(crowd: Crowd) -> int:
    return sum(bytes(answer).count(b"HTTP/1.1 ") for answer in crowd.answers.values())


def memory(house: House) -> int:
    """Megabytes (PSS) of the whole house."""
    found = 0
    for part in house.launcher.processes:
        if part.process is not None:
            parent = psutil.Process(part.process.pid)
            found += sum(process.memory_full_info().pss for process in (parent, *parent.children(recursive=True)))
    return round(found / 1024 / 1024)
