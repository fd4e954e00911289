"""Who rings whom is who reads whom: a ring that nobody declared is an error in the log, one that is missing costs a poll."""

from __future__ import annotations

import dramatiq
import pytest
from dramatiq.brokers.stub import StubBroker

from services.executor.actors import make_reader
from services.executor.processors import registry
from services.monitor import clients
from services.monitor.actors import reader as monitor_reader
from services.runs.actors import reader as runs_reader
from services.workflows.actors import reader as workflows_reader
from shared.feed import doorbells
from shared.ground.settings_table import SERVICES

SOURCES = {
    "runs": runs_reader.sources(),
    "workflows": workflows_reader.sources(),
    "executor": make_reader(registry.load(rehearsal=False), 1).sources(),
    "monitor": [source for source in monitor_reader.sources() if source != "monitor"],
}
"""What each service reads of the others; the monitor reads itself without a ring."""


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_rung_by_exactly_those_that_it_reads(service):
    assert sorted(source for source, readers in doorbells.READERS.items() if service in readers) == sorted(
        SOURCES[service]
    )


def test_the_monitor_follows_every_owner_that_it_reads():
    assert sorted(clients.OWNERS) == SOURCES["monitor"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_ring_finds_its_actor_declared(service):
    broker = StubBroker(middleware=[])
    doorbells.declare_news_actors(broker, service, SOURCES[service], lambda source: 0)
    for source, readers in doorbells.READERS.items():
        if service in readers:
            assert isinstance(broker.get_actor(doorbells.news_actor(source)), dramatiq.Actor)
