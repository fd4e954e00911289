"""The seam of the fault tests: it kills once, at its own point, and is off unless armed."""

from __future__ import annotations

import os

import pytest

from services.executor import fault_injection


@pytest.fixture(autouse=True)
def disarmed(tmp_path):
    yield
    fault_injection.arm("", tmp_path)


def reach(point, home, armed):
    """The signal that ended a child which reached this point, 0 for none."""
    child = os.fork()
    if child == 0:
        fault_injection.arm(armed, home)
        fault_injection.reached(point)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("point", fault_injection.POINTS)
def test_an_armed_point_kills_and_the_next_process_passes_it(tmp_path, point):
    assert reach(point, tmp_path, point) == -9
    assert reach(point, tmp_path, point) == 0


def test_other_points_do_not_kill(tmp_path):
    assert reach("after-claim", tmp_path, "before-finish") == 0


def test_nothing_kills_when_nothing_is_armed(tmp_path):
    assert reach("after-claim", tmp_path, "") == 0
    assert not list(tmp_path.iterdir())


def test_a_point_that_does_not_exist_cannot_be_armed(tmp_path):
    with pytest.raises(ValueError, match="after-lunch"):
        fault_injection.arm("after-lunch", tmp_path)
