"""What a step shows, as it looks outside: stored rows beside the facts of now, or a preview of a step that nobody has begun."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from services.runs import facts, gathering, matching, models, reasons, results
from services.runs.api.ledger import Shown
from services.runs.api.step_done import done_in, meeting_shown
from services.runs.api.step_kinds import Kinds
from services.runs.expecting import Expected, Line, expected
from services.runs.gathering import Candidate
from services.runs.models import GuidedRun, GuidedStep, StepRow
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
        **done_in(run, step),
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


def _preview(by: By, run: GuidedRun, step: GuidedStep, asked: Wanted, now: datetime) -> Shown:
    found = gathering.gather(by, run, step, now=now)
    today = gathering.today_of(run.tenant_id, now)
    lines = [Line(one.shown["name"], False) for one in found.candidates if not one.gone]
    present = models.partnerships.many(
        run.tenant_id, [one.subject_id for one in found.candidates if one.subject_kind == "partnership"]
    )
    seen = Kinds(run, step, asked, today, present)
    return {
        "preview": True,
        "items": [_preview_item(one, seen) for one in found.candidates],
        "expected": expected(step.action_type, asked, lines, step.result),
        "shown_at": None,
        "truncated": found.truncated,
    }


def _preview_item(one: Candidate, seen: Kinds) -> Shown:
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
        self.matching, self.truncated = self._matching(matching.me_of(by, run, step))
        self.seen = Kinds(run, step, asked, today, self.present)

    def _matching(self, me: str) -> tuple[set[str], bool]:
        """The subjects of the rows that match by now, and whether more match than the step shows."""
        run, asked, today = self.run, self.asked, self.today
        if asked.show == "objectives":
            return {one.id for one in matching.objectives(run.tenant_id, asked, me, today)}, False
        if asked.show == "nothing":
            return set(self.present), False
        held = matching.partnerships(run, asked, me, today, among=tuple(self.present)) if self.present else iter(())
        return {one.id for one in held}, self._more_match(me)

    def _more_match(self, me: str) -> bool:
        """Whether the limit keeps rows back; only asked where it was reached, because the question may be a long one."""
        shown = sum(row.subject_kind == "partnership" for row in self.rows)
        if shown < self.asked.limit:
            return False
        found = matching.partnerships(self.run, self.asked, me, self.today)
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
        return facts.of_objective(now, self.today) if now else {}

    def _partnership(self, row: StepRow) -> Shown:
        now = self.present.get(row.subject_id)
        told = facts.of_partnership(now, self.last.get(now.id), self.today) if now else {}
        mail, meeting = self.mails.get(row.id), self.meetings.get(row.id)
        kinds = self.seen.of_kind(now, row.draft)
        if self.step.action_type == "email" or mail is not None:
            kinds["delivery"] = {"id": mail.id, "status": mail.status, "error": mail.error} if mail else None
        if self.step.action_type == "schedule" or meeting is not None:
            kinds["meeting"] = meeting_shown(meeting) if meeting else None
        return told | {"shownStage": row.shown.get("stage")} | kinds
