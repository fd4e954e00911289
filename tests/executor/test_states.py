"""Every verb in every state: it moves as the table says, or is refused with what is allowed."""

from __future__ import annotations

import itertools

import pytest

from services.executor.states import COMMANDS, EFFECT, FINISHED, TASK
from shared.ground.errors import Conflict

EXPECTED = (
    (
        TASK,
        {
            ("claim", "queued"): "running",
            ("succeed", "running"): "success",
            ("fail", "running"): "failed",
            ("put back", "running"): "queued",
            ("stop", "running"): "cancelled",
        },
    ),
    (
        COMMANDS,
        {
            ("execute", "queued"): "queued",
            ("execute", "success"): "queued",
            ("execute", "failed"): "queued",
            ("execute", "cancelled"): "queued",
            ("retry", "failed"): "queued",
            ("retry", "cancelled"): "queued",
            ("cancel", "queued"): "cancelled",
            ("cancel", "running"): "cancelled",
        },
    ),
    (
        EFFECT,
        {
            ("intend again", "not_done"): "intended",
            ("take over", "intended"): "intended",
            ("settle", "intended"): "done",
            ("settle", "unknown"): "done",
            ("refuse", "intended"): "not_done",
            ("refuse", "unknown"): "not_done",
            ("lose", "intended"): "unknown",
            ("resolve as happened", "unknown"): "done",
            ("resolve as not happened", "unknown"): "not_done",
        },
    ),
)
CASES = [
    (life, moves, verb, state) for life, moves in EXPECTED for verb, state in itertools.product(life.moves, life.states)
]


@pytest.mark.parametrize(
    ("life", "moves", "verb", "state"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_verb_in_every_state(life, moves, verb, state):
    expected = moves.get((verb, state))
    if expected:
        assert life.after(verb, state) == expected
        return
    with pytest.raises(Conflict) as refused:
        life.after(verb, state)
    assert refused.value.details["allowed"] == sorted(move for move, leaves in moves if leaves == state)


def test_a_finished_task_is_left_by_no_worker():
    assert all(not TASK.allowed(state) for state in FINISHED)


def test_a_refusal_is_said_as_english_says_it():
    with pytest.raises(Conflict, match="An AI task that is success cannot retry"):
        COMMANDS.after("retry", "success")
