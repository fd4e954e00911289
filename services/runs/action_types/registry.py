"""The list of the action types, and what is derived from it."""

from __future__ import annotations

from datetime import datetime

from services.runs.action_types.action import Action, Command
from services.runs.action_types.action_type import ActionType
from services.runs.action_types.create_task import CreateTasks
from services.runs.action_types.custom import Custom
from services.runs.action_types.email import Email
from services.runs.action_types.note import Note
from services.runs.action_types.review import Review
from services.runs.action_types.row_actions import ROW_ACTIONS
from services.runs.action_types.schedule import Schedule
from services.runs.action_types.update_stage import UpdateStages
from services.runs.models import GuidedRun, GuidedStep
from services.runs.step_rows.step_config import StepConfig, resolve
from services.runs.step_rows.step_context import StepContext
from shared.ground.principal import Principal

ACTION_TYPES: tuple[ActionType, ...] = (
    Review(),
    Email(),
    UpdateStages(),
    Schedule(),
    CreateTasks(),
    Note(),
    Custom(),
)
"""This is also the order of the counts in a summary."""

ACTION_TYPES_BY_NAME = {action_type.name: action_type for action_type in ACTION_TYPES}
ACTIONS: dict[str, Action] = {
    action.name: action for actions in (*(kind.actions for kind in ACTION_TYPES), ROW_ACTIONS) for action in actions
}
"""The actions by name, which is the `type` in a request."""

COUNTS = tuple(count for action in ACTIONS.values() for count in action.counts)
"""The counts of all actions."""


def action_of(command: type[Command]) -> Action:
    """The action that a command is for."""
    return next(action for action in ACTIONS.values() if action.command is command)


def config_of(step: GuidedStep) -> StepConfig:
    """The config of a step, completed with the defaults of its action type."""
    return resolve(ACTION_TYPES_BY_NAME[step.action_type], step.config)


def context_of(by: Principal, run: GuidedRun, step: GuidedStep, *, now: datetime) -> StepContext:
    """The context of a step for `by` at this moment."""
    return StepContext(by=by, run=run, step=step, config=config_of(step), now=now)
