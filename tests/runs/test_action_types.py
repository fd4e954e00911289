"""Every action type of the list keeps what the others rely on."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest

from services.runs.action_types.registry import ACTION_TYPES, ACTIONS, COUNTS, action_of
from services.runs.schemas.configs import checked_config
from services.runs.schemas.steps import ActionIn
from services.runs.step_rows.step_config import resolve


@pytest.mark.parametrize("action_type", ACTION_TYPES, ids=lambda action_type: action_type.name)
def test_an_action_type_has_its_words_and_counts_what_is_counted(action_type):
    config = resolve(action_type, {})
    assert action_type.open_rows_phrase
    assert config.purpose.nothing_done
    assert config.purpose.explanation
    assert set(config.purpose.counts) <= {count.name for count in COUNTS}
    assert config.expect in ("each", "any")


@pytest.mark.parametrize("action_type", ACTION_TYPES, ids=lambda action_type: action_type.name)
def test_what_a_step_shows_by_itself_is_a_filter_that_may_be_given(action_type):
    checked_config("review", {"filter": dict(action_type.filter)})


def test_no_two_action_types_actions_or_counts_have_one_name():
    of_types = [action.name for action_type in ACTION_TYPES for action in action_type.actions]
    names = [*(action_type.name for action_type in ACTION_TYPES), *(count.name for count in COUNTS)]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert len(set(of_types)) == len(of_types)
    assert all(action_of(action.command) is action for action in ACTIONS.values())


def test_fields_of_one_name_mean_the_same_for_every_action():
    fields: dict[str, Any] = ActionIn().fields
    differing = {
        (action.name, name)
        for action in ACTIONS.values()
        for name, field in action.fields.items()
        if type(field) is not type(fields[name])
        or repr(field.validators) != repr(fields[name].validators)
        or field.allow_none != fields[name].allow_none
    }
    assert differing == set()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_field_that_an_action_takes_is_one_of_its_command(action):
    assert set(action.needed) <= set(action.fields) <= {field.name for field in dataclasses.fields(action.command)}
    assert set(action.taken_back_by or ()) <= set(ACTIONS)
