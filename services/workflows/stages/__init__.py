"""The ten stages of a renewal by days to renewal, and which follows which."""

from services.workflows.stages import discovery
from services.workflows.stages.definition import ActionPlanConfig, Stage, StepDefinition

__all__ = ["STAGES", "ActionPlanConfig", "Stage", "StepDefinition", "following", "for_days", "named"]

STAGES: tuple[Stage, ...] = (
    Stage("monitor", "Monitor", 1, 180, None, None, "Watch health and usage while the renewal is far away."),
    Stage(
        "discovery",
        "Discovery",
        2,
        150,
        179,
        179,
        "Learn where the customer stands while there is time to act.",
        discovery.STEPS,
        discovery.ACTION_PLAN,
    ),
    Stage("prepare", "Prepare", 3, 120, 149, 140, "Prepare the renewal: value, price and people."),
    Stage("engage", "Engage", 4, 90, 119, 119, "Open the renewal talk with the people who decide."),
    Stage("negotiate", "Negotiate", 5, 60, 89, 89, "Agree terms and price."),
    Stage("finalize", "Finalize", 6, 30, 59, 59, "Bring the agreed terms onto paper."),
    Stage("signature", "Signature", 7, 15, 29, 29, "Get the signature."),
    Stage("critical", "Critical", 8, 7, 14, 14, "Escalate what still blocks the signature."),
    Stage("emergency", "Emergency", 9, 0, 6, 6, "Executive escalation, every day."),
    Stage("overdue", "Overdue", 10, None, -1, -1, "Recover a renewal whose date has passed."),
)
_BY_KEY = {stage.key: stage for stage in STAGES}


def named(key: str) -> Stage | None:
    """The stage with this key, or None."""
    return _BY_KEY.get(key)


def for_days(days: int) -> Stage:
    """The stage that so many days to renewal call for; the bands leave no gap and do not overlap."""
    return next(stage for stage in STAGES if stage.covers(days))


def following(stage: Stage) -> Stage | None:
    """The stage after this one; None after the last."""
    return next((other for other in STAGES if other.order == stage.order + 1), None)
