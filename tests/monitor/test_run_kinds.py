"""Every kind of run of the list: its words, its statuses and its contract fit together."""

from __future__ import annotations

import pytest

from services.monitor import clients, run_kinds, states
from services.monitor.actors import reader
from services.monitor.pages import wording
from services.monitor.run_kinds import RUN_KINDS
from services.monitor.schemas.runs import RunArgs
from shared.contracts.kinds import KINDS


def test_no_two_kinds_have_the_same_key_or_the_same_change():
    assert len(set(run_kinds.KEYS)) == len({kind.change for kind in RUN_KINDS}) == len(RUN_KINDS)


@pytest.mark.parametrize("kind", RUN_KINDS)
def test_a_kind_maps_every_status_that_its_owner_publishes(kind):
    published = KINDS[kind.owner][kind.change]().fields["status"].validate.choices
    assert set(kind.statuses) == set(published)
    assert set(kind.statuses.values()) <= set(states.RUN_STATUSES)
    assert set(kind.step_statuses.values()) <= set(states.STEP_STATUSES)


@pytest.mark.parametrize("kind", RUN_KINDS)
def test_a_kind_is_known_everywhere_by_its_entry_alone(kind):
    assert kind.owner in clients.OWNERS
    assert kind.key in RunArgs().fields["kind"].validate.choices
    assert kind.change in reader.kinds_of(kind.owner)
    assert wording.kind(kind.key) == kind.label
