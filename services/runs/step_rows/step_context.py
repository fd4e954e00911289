"""The context of a step: its run, its config, the caller and the present time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.runs.days import Today, today_of
from services.runs.models import GuidedRun, GuidedStep
from services.runs.step_rows.step_config import StepConfig
from shared.ground.principal import Principal


@dataclass(kw_only=True)
class StepContext:
    """What the functions of a step's rows need; `action_types.registry.context_of` creates it."""

    by: Principal
    run: GuidedRun
    step: GuidedStep
    config: StepConfig
    now: datetime

    @cached_property
    def today(self) -> Today:
        """Now, in the tenant's time zone."""
        return today_of(self.run.tenant_id, self.now)

    @property
    def owner(self) -> str:
        """The owner of the step, else of the run, else the caller. "me" in a filter means this person, and calls of the
        step are in their calendar."""
        return self.step.owner or self.run.owner or self.by.id
