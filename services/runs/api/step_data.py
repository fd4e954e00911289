"""What a step shows, as it looks outside: stored rows beside the facts of now, or a preview of a step that nobody has begun."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from services.runs import gathering, models, reasons, results, slots, states
from services.runs.api.ledger import Shown
from services.runs.expecting import Expected, Line, expected
from services.runs.gathering import Candidate
from services.runs.models import GuidedRun, GuidedStep, Partnership, StepRow, copies
from services.runs.reasons import Today
from services.runs.wanting import Wanted, wanted
from shared import clock
from shared.acts import By


def data_shown(by: By, run: GuidedRun, step: GuidedStep, now: datetime) -> Shown:
    """The body of `.../steps/{id}/data`. Reads only. A step that was reset still has the rows of what stands outside, and
    with them what it would show."""
    asked = wanted(step.action_type, step.config)
    rows = models.rows.of_step(step.id)
    body = {
        "kind": asked.show,
        "explanation": reasons.explanation(asked, step.action_type),
        "marks": list(asked.marks),
        "does": asked.does,
        "fields_asked": list(asked.fields),
        "draft": step.draft,
        **_done_here(run, step),
    }
    kept = _Kept(by, run, step, asked, rows, gathering.today_of(run.tenant_id, now))
    if step.started_at is not None:
        return body | kept.shown()
    preview = _preview(by, run, step, asked, now)
    there = {row.subject_id for row in rows}
    new = [item for item in preview["items"] if item["id"] not in there]
    return body | preview | {"items": [*kept.items(), *new]}


def row_shown(row: StepRow) -> Shown:
    """A row as it is kept."""
    return {
        name: getattr(row, name) for name in ("id", "version", "state", "mark", "note", "draft", "outcome", "by")
    } | {"changed_at": row.changed_at}


def _done_here(run: GuidedRun, step: GuidedStep) -> Shown:
    """What was sent, asked for, booked and written down in the step."""
    return {
        "deliveries": [_delivery(one) for one in models.deliveries.of_step(step.id)],
        "tasks": [_task(one) for one in models.deliveries.tasks_of(step.id)],
        "meetings": [_meeting(one) for one in models.meetings.of_step(step.id)],
        "activities": [_activity(one) for one in models.needs.made_in(step.id, run.id)],
    }


def _preview(by: By, run: GuidedRun, step: GuidedStep, asked: Wanted, now: datetime) -> Shown:
    found = gathering.gather(by, run, step, now=now)
    today = gathering.today_of(run.tenant_id, now)
    lines = [Line(one.shown["name"], False) for one in found.candidates if not one.gone]
    present = models.partnerships.many(
        run.tenant_id, [one.subject_id for one in found.candidates if one.subject_kind == "partnership"]
    )
    seen = _Seen(run, step, asked, today, present)
    return {
        "preview": True,
        "items": [_preview_item(one, seen) for one in found.candidates],
        "expected": expected(step.action_type, asked, lines, step.result),
        "shown_at": None,
        "truncated": found.truncated,
    }


def _preview_item(one: Candidate, seen: _Seen) -> Shown:
    item = one.shown | {
        "id": one.subject_id,
        "version": 0,
        "kind": one.subject_kind,
        f"{one.subject_kind}Id": one.subject_id,
        "why": one.why,
        "gone": one.gone,
        "stillMatches": None if one.gone else True,
        "state": "open",
        "mark": None,
        "note": None,
        "outcome": None,
        "by": None,
        "changedAt": None,
    }
    if one.subject_kind == "partnership":
        item |= {"shownStage": one.shown.get("stage")} | seen.of_kind(seen.present.get(one.subject_id), one.draft)
    return item


class _Seen:
    """What rows of each action type show besides the facts: proposed stages, free slots, drafts."""

    def __init__(
        self, run: GuidedRun, step: GuidedStep, asked: Wanted, today: Today, present: dict[str, Partnership]
    ) -> None:
        self.run, self.step, self.asked, self.today, self.present = run, step, asked, today, present
        self.talks = gathering.last_talks(run.tenant_id, list(present.values()))
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
        ours = slots.Side(self.home.time_zone, self.home.working_hours)
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


class _Kept:
    """The rows of a step that was begun, as they were shown, with what holds now."""

    def __init__(
        self, by: By, run: GuidedRun, step: GuidedStep, asked: Wanted, rows: list[StepRow], today: Today
    ) -> None:
        self.run, self.step, self.asked, self.rows, self.today = run, step, asked, rows, today
        ids = {
            kind: [row.subject_id for row in rows if row.subject_kind == kind] for kind in ("partnership", "objective")
        }
        self.present = models.partnerships.many(run.tenant_id, ids["partnership"])
        self.objectives = models.objectives.many(run.tenant_id, ids["objective"])
        self.last = models.needs.latest(run.tenant_id, list(self.present))
        self.mails = {one.row_id: one for one in models.deliveries.of_step(step.id) if one.kind == "email"}
        self.meetings = {one.row_id: one for one in models.meetings.of_step(step.id)}
        self.matching, self.truncated = self._matching(gathering.me_of(by, run, step))
        self.seen = _Seen(run, step, asked, today, self.present)

    def _matching(self, me: str) -> tuple[set[str], bool]:
        """The subjects of the rows that match by now, and whether more match than the step shows."""
        run, asked, today = self.run, self.asked, self.today
        if asked.show == "objectives":
            return {one.id for one in gathering.matching_objectives(run.tenant_id, asked, me, today)}, False
        if asked.show == "nothing":
            return set(self.present), False
        held = gathering.matching(run, asked, me, today, among=tuple(self.present)) if self.present else iter(())
        return {one.id for one in held}, self._more_match(me)

    def _more_match(self, me: str) -> bool:
        """Whether the limit keeps rows back; only asked where it was reached, because the question may be a long one."""
        shown = sum(row.subject_kind == "partnership" for row in self.rows)
        if shown < self.asked.limit:
            return False
        found = gathering.matching(self.run, self.asked, me, self.today)
        return next(islice(found, shown, None), None) is not None

    def shown(self) -> Shown:
        """The parts of the body that come from the rows."""
        gone = frozenset(row.subject_id for row in self.rows if self._is_gone(row))
        deliveries = models.deliveries.of_step(self.step.id)
        left: Expected = results.expected_of(self.step, self.rows, deliveries, gone)
        return {
            "preview": False,
            "items": self.items(),
            "expected": left,
            "shown_at": max((row.shown_at for row in self.rows), default=self.step.started_at),
            "truncated": self.truncated,
        }

    def items(self) -> list[Shown]:
        """The rows in their order."""
        return [self._item(row) for row in self.rows]

    def _is_gone(self, row: StepRow) -> bool:
        return row.subject_id not in (self.present if row.subject_kind == "partnership" else self.objectives)

    def _item(self, row: StepRow) -> Shown:
        gone = self._is_gone(row)
        item = row.shown | {
            "id": row.id,
            "version": row.version,
            "kind": row.subject_kind,
            f"{row.subject_kind}Id": row.subject_id,
            "why": row.why,
            "gone": gone,
            "stillMatches": None if gone else row.subject_id in self.matching,
            "state": row.state,
            "mark": row.mark,
            "note": row.note,
            "outcome": row.outcome,
            "by": row.by,
            "changedAt": clock.rfc3339(row.changed_at),
        }
        return item | (self._objective(row) if row.subject_kind == "objective" else self._partnership(row))

    def _objective(self, row: StepRow) -> Shown:
        now = self.objectives.get(row.subject_id)
        return gathering.objective_facts(now, self.today) if now else {}

    def _partnership(self, row: StepRow) -> Shown:
        now = self.present.get(row.subject_id)
        facts = gathering.partnership_facts(now, self.last.get(now.id), self.today) if now else {}
        mail, meeting = self.mails.get(row.id), self.meetings.get(row.id)
        kinds = self.seen.of_kind(now, row.draft)
        if self.step.action_type == "email" or mail is not None:
            kinds["delivery"] = {"id": mail.id, "status": mail.status, "error": mail.error} if mail else None
        if self.step.action_type == "schedule" or meeting is not None:
            kinds["meeting"] = _meeting(meeting) if meeting else None
        return facts | {"shownStage": row.shown.get("stage")} | kinds


def _delivery(row: Any) -> Shown:
    return {
        "id": row.id,
        "kind": row.kind,
        "status": row.status,
        "error": row.error,
        "rowId": row.row_id,
        "partnershipId": row.partnership_id,
        "meetingId": row.meeting_id,
        "to": row.recipients,
        "subject": row.subject,
        "taskId": row.task_id,
        "by": row.by,
        "createdAt": clock.rfc3339(row.created_at),
        "settledAt": clock.rfc3339(row.settled_at),
    }


def _task(row: Any) -> Shown:
    return {
        "id": row.id,
        "title": row.title,
        "status": row.status,
        "partnershipId": row.partnership_id,
        "partnershipName": row.partnership_name,
        "owner": row.owner,
        "priority": row.priority,
        "dueDate": row.due_date.isoformat() if row.due_date else None,
        "createdAt": clock.rfc3339(row.created_at),
    }


def _meeting(row: Any) -> Shown:
    return {
        "id": row.id,
        "uid": row.uid,
        "sequence": row.sequence,
        "status": row.status,
        "title": row.title,
        "description": row.description,
        "startsAt": clock.rfc3339(row.starts_at),
        "endsAt": clock.rfc3339(row.ends_at),
        "timeZone": row.time_zone,
        "attendees": row.attendees,
        "partnershipId": row.partnership_id,
        "rowId": row.row_id,
        "owner": row.owner,
        "version": row.version,
    }


def _activity(row: Any) -> Shown:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": clock.rfc3339(row.at),
        "summary": row.summary,
        "partnershipId": row.partnership_id,
        "by": row.by,
    }
