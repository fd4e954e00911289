"""How many may watch at once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from services.monitor.stream_limit import StreamLimit, stream_limit
from shared.ground import clock
from shared.ground.errors import TooMany, Unavailable
from shared.ground.principal import Principal
from shared.security.tokens import Signer


def test_one_person_takes_so_many_and_others_still_find_a_place():
    room = StreamLimit()
    for _ in range(2):
        room.acquire("ana", most=5, most_per_person=2)
    with pytest.raises(TooMany) as refused:
        room.acquire("ana", most=5, most_per_person=2)
    assert refused.value.details["retry_after"] >= 30
    assert room.acquire("dev", most=5, most_per_person=2)


def test_a_place_that_is_given_back_is_free_once():
    room = StreamLimit()
    give_back = room.acquire("ana", most=2, most_per_person=2)
    room.acquire("dev", most=2, most_per_person=2)
    with pytest.raises(Unavailable):
        room.acquire("max", most=2, most_per_person=2)
    give_back()
    give_back()
    room.acquire("max", most=2, most_per_person=2)
    assert room.open_streams() == 2


def test_places_are_counted_right_when_many_come_at_once():
    room, outcomes = StreamLimit(), []

    def come(number):
        try:
            room.acquire(f"person-{number % 4}", most=1000, most_per_person=10)
            outcomes.append("in")
        except TooMany:
            outcomes.append("refused")

    threads = [threading.Thread(target=come, args=(number,)) for number in range(80)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("in"), outcomes.count("refused")) == (40, 40)


@pytest.fixture
def watch(application, monitor, monkeypatch):
    """`watch(path)` -> the answer to a stream of Ana's, who may have two, of three in all."""
    own = application.extensions["tandem"]
    monkeypatch.setattr(own, "settings", replace(own.settings, streams=3, streams_per_person=2))
    opened = []

    def ask(path, person="ana"):
        by = Principal("person", person, person, "demo", roles=frozenset({"member"}))
        bearer = {"Authorization": "Bearer " + Signer("monitor", monitor.keys).for_person(by, clock.now())}
        opened.append(application.test_client().get(path, headers=bearer, buffered=False))
        return opened[-1]

    yield ask
    for answer in opened:
        answer.close()
    assert stream_limit.open_streams() == 0


@pytest.mark.parametrize("path", ["/api/runs/stream", "/app/live?view=list&after=0"])
def test_one_stream_more_is_refused_with_when_to_come_back_and_comes_in_when_one_has_ended(watch, path):
    first, second, third = (watch(path) for _ in range(3))
    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 429]
    assert third.mimetype == "application/problem+json"
    assert int(third.headers["Retry-After"]) >= 30
    assert [watch(path, "dev").status_code, watch(path, "dev").status_code] == [200, 503]
    second.close()
    assert watch(path).status_code == 200
