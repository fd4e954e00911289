"""Every change that any feed carries fits the schema that its readers rely on."""

from __future__ import annotations

import pytest

from shared.contracts.changes import ChangeSchema
from shared.contracts.kinds import KINDS
from shared.feed.doorbells import READERS
from tests.contexts import CONTEXTS


def feed_of(application):
    return application.extensions["tandem"].feed


@pytest.mark.parametrize("service", CONTEXTS)
def test_a_feed_publishes_the_kinds_of_the_contract_and_may_have_own_ones(service, applications):
    published = set(feed_of(applications[service][0]).snapshots)
    assert set(KINDS[service]) <= published
    assert published - set(KINDS[service]) <= {"run", "notification", "task"}, (
        "a kind that others can read needs a schema in shared.contracts.kinds"
    )


def test_who_reads_whom_is_what_the_workers_read():
    """The table that decides who is rung, against what each context's reader really applies."""
    from services.executor.actors import make_reader
    from services.executor.processors import registry
    from services.monitor.actors import reader as monitor
    from services.runs.actors import reader as runs
    from services.workflows.actors import reader as workflows

    readers = {
        "monitor": monitor,
        "runs": runs,
        "workflows": workflows,
        "executor": make_reader(registry.load(rehearsal=False), 4),
    }
    for reader, made in readers.items():
        for source in set(made.sources()) - {reader}:
            kinds = set(made.kinds_of(source))
            assert READERS[source][reader] in (kinds, None), f"{source} rings {reader} for other kinds than it reads"
            assert kinds <= set(KINDS[source]), f"{reader} reads what is in no contract of {source}"


def test_every_change_of_a_walked_story_fits_its_schema(walked_feeds):
    """After a whole story, each snapshot of each feed is loaded with its schema; an unknown or missing field fails."""
    envelope = ChangeSchema()
    seen = set()
    for service, changes in walked_feeds.items():
        for change in changes:
            assert not envelope.validate(change), change
            kind = change["type"].removeprefix("tandem.")
            seen.add((service, kind))
            if not change["deleted"]:
                assert KINDS[service][kind]().validate(change["data"]) == {}, (service, kind, change["data"])
    missing = {(service, kind) for service, kinds in KINDS.items() for kind in kinds} - seen
    assert not missing, f"the story never showed {missing}"
