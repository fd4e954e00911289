"""F2: a worker is frozen for longer than its lease, and then goes on as if nothing had happened."""

from __future__ import annotations

import os

import pytest

from tests.faults import checker
from tests.faults.conftest import books_of
from tests.faults.nemesis import Nemesis, at_work
from tests.faults.orders import Poster, echoes
from tests.faults.workers import workers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

FREEZES = 30 if os.environ.get("LONG") else 8
LEASE = 1.0
SLEEPS = [20, 200, 500]


def test_f2_what_a_frozen_worker_writes_too_late_is_refused(built, measured):
    """No process dies here, so each lost attempt is one whose worker came back to it and was told no."""
    house = built("sqlite", TANDEM_MAX_RETRIES=20)
    books, poster, nemesis = books_of(house), Poster(house), Nemesis(house, seed=2)
    ids: list[str] = []
    with workers(house, 3, TANDEM_LEASE_SECONDS=LEASE) as crew:
        for _ in range(FREEZES):
            ids += poster.post_all(echoes(12, SLEEPS, effect=True, deaf=True))
            ids += poster.post_all(echoes(6, SLEEPS))
            nemesis.freeze(1.6 * LEASE)
        drained = checker.settle(books, ids, seconds=120)
        ledger = checker.check(
            books,
            ids,
            executions=len(ids) + FREEZES,
            lost=FREEZES,
            happened=nemesis.freezes,
            wanted=FREEZES,
            retries=20,
        )
        assert at_work(house) == crew
        assert [part.failures for part in crew] == [0, 0, 0]
    assert ledger.statuses() == {"success": len(ids)}
    assert ledger.outlived() >= FREEZES
    measured(
        freezes=nemesis.freezes,
        tasks=len(ids),
        executions=ledger.executions(),
        late_and_refused=ledger.outlived(),
        drained_in=drained,
    )
