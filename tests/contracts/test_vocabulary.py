"""What is published for the console to offer, beside what its owners accept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from marshmallow import fields

from services.monitor.pages.posted_actions import NOT_FIELDS
from services.monitor.pages.template_filters import TEMPLATES
from services.runs import states as runs_states
from services.runs.schemas.configs import ConfigSchema, FilterSchema, StepIn
from services.runs.schemas.partnerships import ActivityIn
from services.runs.schemas.partnerships import PartnershipSchema as Partnership
from services.runs.schemas.recurrences import RecurrencePatch
from services.runs.schemas.steps import ActionIn
from services.workflows import states as workflows_states
from services.workflows.planning import edits
from services.workflows.schemas.plans import ItemEdit
from services.workflows.stages import STAGES
from services.workflows.step_kinds import KINDS
from shared.contracts import action_plans, guided_steps, partnerships, recurrences, stages, tasks, workflow_steps


def choices(schema: Any, name: str) -> set[str]:
    """What a field of a schema accepts."""
    return set(schema().fields[name].validate.choices)


def keys(published: tuple[tuple[str, str], ...]) -> set[str]:
    """The keys of pairs of a key and its words."""
    return {key for key, _ in published}


@pytest.mark.parametrize(
    ("published", "accepted"),
    [
        (set(partnerships.STAGES), choices(Partnership, "stage")),
        (keys(guided_steps.ACTION_TYPES), choices(StepIn, "action_type")),
        (keys(guided_steps.NEEDS), choices(FilterSchema, "needs")),
        (keys(guided_steps.CUSTOM_STEPS), choices(ConfigSchema, "does")),
        (keys(guided_steps.PLAIN_SHOWS) | {"partnerships"}, choices(ConfigSchema, "show")),
        (set(guided_steps.ACTIONS), choices(ActionIn, "type")),
        (set(guided_steps.STEP_MOVES), set(runs_states.STEP.moves)),
        (set(recurrences.TIMING), choices(RecurrencePatch, "every")),
        (set(recurrences.WEEKDAYS), choices(RecurrencePatch, "weekday")),
        (set(action_plans.DECISIONS), choices(ItemEdit, "decision")),
        (set(tasks.STATUSES), set(workflows_states.TASK.states)),
    ],
)
def test_what_is_published_is_what_its_owner_accepts(published: set[str], accepted: set[str]) -> None:
    assert published == accepted


def test_the_stages_are_published_in_their_order_and_as_they_are_called() -> None:
    assert [(one.key, one.name, one.available) for one in stages.STAGES] == [
        (stage.key, stage.name, stage.available) for stage in STAGES
    ]


def test_every_kind_of_activity_that_a_form_offers_may_be_logged() -> None:
    assert keys(partnerships.LOGGED_ACTIVITIES) <= choices(ActivityIn, "kind")


def test_a_partnership_moves_only_to_published_stages() -> None:
    assert {target for _, target in runs_states.PARTNERSHIP.moves.values()} == set(partnerships.STAGES)


@pytest.mark.parametrize("move", guided_steps.STEP_MOVES)
def test_a_move_of_a_step_leads_to_the_published_status(move: str) -> None:
    assert runs_states.STEP.moves[move][1] == guided_steps.STEP_MOVES[move]


@pytest.mark.parametrize("action_type", keys(guided_steps.ACTION_TYPES))
def test_the_fields_of_an_action_types_forms_are_taken(action_type: str) -> None:
    text = (TEMPLATES / f"runs/action_types/{action_type}.html").read_text()
    posted = set(re.findall(r'name="(\w+)"', text)) - set(NOT_FIELDS)
    taken = {field.data_key or name for name, field in ActionIn().fields.items()}
    assert posted <= taken


def test_the_numbers_that_are_entered_into_a_step_are_those_of_its_kind() -> None:
    entered = [field for kind in KINDS if kind.input for field in kind.input().fields.items()]
    numbers = {field.data_key or name for name, field in entered if isinstance(field, fields.Integer)}
    assert set(workflow_steps.NUMBERS) == numbers


def test_actions_that_make_something_are_actions() -> None:
    assert set(guided_steps.CREATING_ACTIONS) <= set(guided_steps.ACTIONS)


def test_the_fields_of_a_plan_item_that_a_form_edits_are_taken() -> None:
    taken = {field.data_key or name for name, field in ItemEdit().fields.items()}
    assert set(action_plans.TYPED_ITEM_FIELDS) <= taken & edits.CONTENT


def test_every_computed_step_of_a_stage_has_the_words_of_its_button() -> None:
    kinds = {step.kind for stage in STAGES for step in stage.steps}
    computed = {kind.key for kind in kinds if kind.input is None and not kind.holds_plan}
    assert keys(workflow_steps.COMPUTED_STEPS) == computed


def test_steps_that_are_done_are_in_the_published_statuses() -> None:
    assert set(workflow_steps.DONE) <= set(workflows_states.STEP.states)
