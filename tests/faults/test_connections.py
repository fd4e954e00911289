"""A console that hundreds of slow connections hang on still answers everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from shared.ground.principal import Principal
from tests.attack.crowd import slow_bodies, slow_heads, slow_readers, streams
from tests.house import House, eventually

pytestmark = pytest.mark.faults

GENEROUS = 30
"""Seconds within which an answer comes at all, on however slow a machine."""

SLOW = 300
WATCHING = 200
PER_PERSON = 20


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def console(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, compiled: dict[str, str]
) -> Iterator[House]:
    """The monitor alone, with its sample people."""
    told = {
        "TANDEM_MONITOR_PROCESSES": request.param,
        "TANDEM_STREAMS": 2 * WATCHING,
        "TANDEM_STREAMS_PER_PERSON": PER_PERSON,
        "TANDEM_LOG_LEVEL": "ERROR",
    }
    home = tmp_path_factory.mktemp("console")
    with House(home, services=("monitor",), workers={"monitor": 0}, **compiled, **told) as house:
        yield house


def address(house: House) -> tuple[str, int]:
    told = urlsplit(house.url("monitor"))
    return str(told.hostname), int(told.port or 0)


def answers(house: House) -> None:
    """/livez, a page for strangers, one question of somebody who is signed in, and /readyz, which may say meanwhile that the
    disk does not answer."""
    for path in ("/livez", "/sign-in", "/api/runs"):
        answer = requests.get(house.url("monitor") + path, headers=house.headers(), timeout=GENEROUS)
        assert answer.status_code == 200, path
    ready = f"{house.url('monitor')}/readyz"
    eventually(lambda: requests.get(ready, timeout=GENEROUS).status_code == 200, seconds=GENEROUS)


@pytest.mark.parametrize("crowd", [slow_heads, slow_bodies])
def test_slow_requests_keep_nobody_waiting(console, crowd):
    with crowd(address(console), SLOW) as slow:
        assert slow.count == SLOW
        answers(console)


def test_slow_readers_keep_nobody_waiting(console):
    with slow_readers(address(console), SLOW, "/static/vendor/htmx.org-4.0.1/htmx.min.js"):
        answers(console)


def person(number: int) -> Principal:
    return Principal("person", f"person-{number}", f"Person {number}", "demo", roles=frozenset({"member"}))


def watch(house: House, count: int, number: int) -> Any:
    token = house.headers(person(number))["Authorization"].removeprefix("Bearer ")
    return streams(address(house), count, "/api/runs/stream", token)


def test_streams_keep_nobody_waiting(console):
    with ExitStack() as crowds:
        watching = [
            crowds.enter_context(watch(console, PER_PERSON, number)) for number in range(WATCHING // PER_PERSON)
        ]
        for crowd in watching:
            assert crowd.until(PER_PERSON, GENEROUS)
        answers(console)


def test_one_person_watches_in_so_many_places(console):
    processes = int(console.environment["TANDEM_MONITOR_PROCESSES"])
    with watch(console, processes * PER_PERSON + 5, 1000) as crowd:
        assert crowd.until(5, GENEROUS, 429)
        assert crowd.until(PER_PERSON, GENEROUS)
        assert sum(crowd.statuses().values()) <= processes * PER_PERSON + 5
        assert crowd.statuses()[200] <= processes * PER_PERSON
        assert crowd.heard(b"Retry-After: ") == crowd.statuses()[429]
    eventually(lambda: comes_in(console), seconds=GENEROUS)


def comes_in(house: House) -> bool:
    """Whether the person who watched in too many places may watch again, now that those are closed."""
    with watch(house, 1, 1000) as one:
        return one.until(1, 5)
