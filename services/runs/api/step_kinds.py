"""What a row of a step shows because of the step's action type: a proposed stage, free slots, a draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.runs import matching, models, reasons, slots, states
from services.runs.api.ledger import Shown
from services.runs.models import GuidedRun, GuidedStep, Partnership, copies
from services.runs.reasons import Today
from services.runs.wanting import Wanted
from shared import clock


class Kinds:
    """What rows of each action type show besides the facts: proposed stages, free slots, drafts."""

    def __init__(
        self, run: GuidedRun, step: GuidedStep, asked: Wanted, today: Today, present: dict[str, Partnership]
    ) -> None:
        self.run, self.step, self.asked, self.today, self.present = run, step, asked, today, present
        self.talks = matching.last_talks(run.tenant_id, list(present.values()))
        self.home = copies.tenants.home(run.tenant_id)
        self.busy: list[tuple[datetime, datetime]] = []
        if step.action_type == "schedule":
            until = today.now + timedelta(days=slots.DAYS_AHEAD + 1)
            self.busy = models.meetings.busy(run.tenant_id, step.owner or run.owner, today.now, until)

    def of_kind(self, partnership: Partnership | None, draft: dict[str, Any] | None) -> Shown:
        """The fields of the step's action type; of one that is gone there are none to choose from."""
        kind = self.step.action_type
        if kind == "email":
            return {"draft": draft}
        if kind == "update_stage":
            proposed = partnership and reasons.stage_proposed(partnership, self.talks.get(partnership.id), self.today)
            stage, why = proposed or (None, None)
            stages = states.stages_after(partnership.stage) if partnership else []
            return {"proposedStage": stage, "proposedWhy": why, "stages": stages}
        if kind == "schedule":
            return {"slots": self._slots(partnership) if partnership else []}
        return {}

    def _slots(self, partnership: Partnership) -> list[Shown]:
        ours = slots.Side(self.home.time_zone, self.home.working_hours, self.home.country)
        theirs = slots.Side(partnership.time_zone or self.home.time_zone, self.home.working_hours)
        found = slots.free(ours, theirs, self.busy, minutes=self.asked.meeting["minutes"], now=self.today.now)
        return [
            {
                "startsAt": clock.rfc3339(one.starts_at),
                "endsAt": clock.rfc3339(one.ends_at),
                "yours": one.yours,
                "theirs": one.theirs,
            }
            for one in found
        ]
