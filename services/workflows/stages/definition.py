"""What a stage is made of: its days, its steps, and what its action plan looks after."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepDefinition:
    """One step of a stage: `kind` names the analysis that computes it, `guidance` is what the page tells the CSM."""

    kind: str
    title: str
    guidance: str


@dataclass(frozen=True)
class ActionPlanConfig:
    """What the plan of a stage puts first, and the conditions under which the next workflow is worth starting.

    The priorities are keys of the planning rules, most important first; an item whose rule is not listed comes last.
    """

    ai_priorities: tuple[str, ...]
    csm_priorities: tuple[str, ...]
    next_conditions: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """A band of days to renewal and the workflow that belongs to it.

    `min_days` and `max_days` are inclusive, None is without end. `opens_at_days` is the day count on which a trigger
    starts the stage. A stage without steps is planned but not available yet.
    """

    key: str
    name: str
    order: int
    min_days: int | None
    max_days: int | None
    opens_at_days: int | None
    purpose: str
    steps: tuple[StepDefinition, ...] = ()
    action_plan: ActionPlanConfig | None = None

    @property
    def available(self) -> bool:
        """Whether its workflow can be started."""
        return bool(self.steps)

    def covers(self, days: int) -> bool:
        """Whether a customer with so many days to renewal is in this stage."""
        return (self.min_days is None or days >= self.min_days) and (self.max_days is None or days <= self.max_days)
