"""Every verb against every state, for each kind of thing."""

from __future__ import annotations

import pytest

from services.workflows import states
from shared.ground.errors import Conflict

LIVES = (
    states.EXECUTION,
    states.STEP,
    states.TASK,
    states.TASK_EXECUTION,
    states.TRIGGER,
    states.PLAN,
    states.CONTRACT_TEXT,
)
LEGAL = {
    ("workflow execution", "finalize", "in_progress"): "completed",
    ("workflow execution", "cancel", "in_progress"): "cancelled",
    ("step", "start", "pending"): "in_progress",
    ("step", "start", "skipped"): "in_progress",
    ("step", "complete", "pending"): "completed",
    ("step", "complete", "in_progress"): "completed",
    ("step", "skip", "pending"): "skipped",
    ("step", "skip", "in_progress"): "skipped",
    ("step", "reset", "in_progress"): "pending",
    ("step", "reset", "completed"): "pending",
    ("step", "reset", "skipped"): "pending",
    ("task", "start", "open"): "in_progress",
    ("task", "start", "snoozed"): "in_progress",
    ("task", "snooze", "open"): "snoozed",
    ("task", "snooze", "in_progress"): "snoozed",
    ("task", "snooze", "snoozed"): "snoozed",
    ("task", "unsnooze", "snoozed"): "open",
    ("task", "complete", "open"): "completed",
    ("task", "complete", "in_progress"): "completed",
    ("task", "complete", "snoozed"): "completed",
    ("task", "reopen", "in_progress"): "open",
    ("task", "reopen", "completed"): "open",
    ("task", "reopen", "cancelled"): "open",
    ("task", "cancel", "open"): "cancelled",
    ("task", "cancel", "in_progress"): "cancelled",
    ("task", "cancel", "snoozed"): "cancelled",
    ("AI task", "execute", "success"): "queued",
    ("AI task", "execute", "failed"): "queued",
    ("AI task", "execute", "cancelled"): "queued",
    ("trigger", "hold", "scheduled"): "due",
    ("trigger", "hold", "due"): "due",
    ("trigger", "start", "scheduled"): "started",
    ("trigger", "start", "due"): "started",
    ("trigger", "cancel", "scheduled"): "cancelled",
    ("trigger", "cancel", "due"): "cancelled",
    ("contract's text", "type", "typed"): "typed",
    ("contract's text", "type", "reading"): "typed",
    ("contract's text", "type", "read"): "typed",
    ("contract's text", "type", "no_text"): "typed",
    ("contract's text", "type", "failed"): "typed",
    ("contract's text", "read again", "no_text"): "reading",
    ("contract's text", "read again", "failed"): "reading",
    ("contract's text", "keep", "reading"): "read",
    ("contract's text", "find nothing", "reading"): "no_text",
    ("contract's text", "fail", "reading"): "failed",
    ("action plan", "generate", "draft"): "draft",
    ("action plan", "edit", "draft"): "draft",
    ("action plan", "finalize", "draft"): "finalized",
}
EVERY = [(life, verb, state) for life in LIVES for verb in life.moves for state in life.states]


@pytest.mark.parametrize(("life", "verb", "state"), EVERY, ids=lambda value: getattr(value, "name", value))
def test_a_move_is_legal_exactly_where_the_table_says(life, verb, state):
    expected = LEGAL.get((life.name, verb, state))
    if expected:
        assert life.after(verb, state) == expected
        assert state in life.sources(verb)
    else:
        with pytest.raises(Conflict) as refused:
            life.after(verb, state)
        assert refused.value.details["allowed"] == life.allowed(state)
        assert verb not in life.allowed(state)


def test_the_table_of_this_test_names_only_moves_that_exist():
    assert set(LEGAL) <= {(life.name, verb, state) for life, verb, state in EVERY}
