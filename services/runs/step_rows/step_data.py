"""Builds what a step shows, as JSON: its stored rows beside the present facts, or a preview of a step that was not
started."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any

from services.runs import models
from services.runs.models import Delivery, Meeting, Partnership, StepRow
from services.runs.step_rows import row_queries, row_reasons, row_snapshot
from services.runs.step_rows.row_candidates import Candidate, candidates_of
from services.runs.step_rows.step_context import StepContext
from services.runs.step_rows.step_progress import RowProgress, progress_of, progress_of_rows
from services.runs.step_rows.step_records import StepRecords
from services.runs.step_rows.stored_rows import columns_of
from shared.contracts.camel import camel_columns
from shared.ground.errors import NotFound

Shown = dict[str, Any]


def data_of(context: StepContext, records: StepRecords) -> Shown:
    """The kind, sentences, rows and progress of a step, and when they were shown; reads only. A step that was reset
    shows the rows that a reset cannot take back, and a preview of the others."""
    config, stored = context.config, _StoredRows(context, records)
    body = {
        "kind": config.show,
        "explanation": row_reasons.explanation(config),
        "marks": list(config.marks),
        "attention": list(config.attention),
        "whose": row_queries.whose(context),
        "does": config.does,
        "fields_asked": list(config.action_type.form_fields(config.options)),
        "draft": context.step.draft,
        "waiting": _waiting(context, records),
    }
    if context.step.started_at is not None:
        return body | stored.shown()
    preview = _preview(context)
    there = {row.subject_id for row in records.rows}
    new = [item for item in preview["items"] if item["id"] not in there]
    return body | preview | {"items": [*stored.items(), *new]}


def row_of(context: StepContext, records: StepRecords, row_id: str) -> Shown:
    """One row of a started step as `data_of` shows it, with the progress of the step; the facts of no other row are read.
    NotFound for a row of another step."""
    config, rows = context.config, [row for row in records.rows if row.id == row_id]
    if not rows:
        raise NotFound(f"There is no row {row_id} in this step.")
    subjects = [row.subject_id for row in records.rows if row.subject_kind == "partnership"]
    gone = frozenset(subjects) - models.partnerships.ids_of(context.run.tenant_id, subjects)
    expected = progress_of_rows(config, records.rows, records.deliveries, context.step.result, gone)
    [item] = _StoredRows(context, replace(records, rows=rows)).items()
    shared_parts = {
        "marks": list(config.marks),
        "attention": list(config.attention),
        "waiting": _waiting(context, records),
    }
    return shared_parts | {"kind": config.show, "expected": expected, "item": item}


def _waiting(context: StepContext, records: StepRecords) -> list[Shown]:
    """The mails and invitations of the step that can still be taken back."""
    waits = (delivery for delivery in records.deliveries if delivery.status == "queued" and delivery.leaves_at)
    return [camel_columns(delivery, "id", "leaves_at") for delivery in waits if delivery.leaves_at > context.now]


def meeting_shown(meeting: Meeting) -> Shown:
    """A call as JSON, booked or cancelled."""
    call = ("id", "uid", "sequence", "status", "title", "description", "starts_at", "ends_at", "time_zone", "attendees")
    return camel_columns(meeting, *call, "partnership_id", "row_id", "owner", "version")


def _preview(context: StepContext) -> Shown:
    candidates = candidates_of(context)
    there = [candidate for candidate in candidates.items if not candidate.gone]
    subjects = [candidate.subject_id for candidate in candidates.items if candidate.subject_kind == "partnership"]
    present = models.partnerships.many(context.run.tenant_id, subjects)
    columns = context.config.action_type.row_columns(context, list(present.values()))

    def item(candidate: Candidate) -> Shown:
        row = StepRow(**columns_of(context, candidate, 0) | {"id": candidate.subject_id, "version": 0})
        shown = _row_item(row, gone=candidate.gone, matches=True)
        if candidate.subject_kind == "partnership":
            shown |= columns(present.get(candidate.subject_id), candidate.draft)
        return shown

    rows = [RowProgress(candidate.shown["name"], False) for candidate in there]
    return {
        "preview": True,
        "items": [item(candidate) for candidate in candidates.items],
        "expected": progress_of(context.config, rows, context.step.result),
        "shown_at": None,
        "truncated": candidates.truncated,
    }


def _row_item(row: StepRow, *, gone: bool, matches: bool) -> Shown:
    """A row with its stored facts and its present state."""
    item = row.shown | {
        "id": row.id,
        "version": row.version,
        "kind": row.subject_kind,
        f"{row.subject_kind}Id": row.subject_id,
        "why": row.why,
        "gone": gone,
        "stillMatches": None if gone else matches,
        **camel_columns(row, "state", "mark", "note", "outcome", "by", "changed_at"),
    }
    return item | ({"shownStage": row.shown.get("stage")} if row.subject_kind == "partnership" else {})


def _delivery(row: Delivery) -> Shown:
    return camel_columns(row, "id", "status", "error", "leaves_at")


class _StoredRows:
    """The stored rows of a step, beside the present facts."""

    def __init__(self, context: StepContext, records: StepRecords) -> None:
        self.context, self.config, self.rows, self.records = context, context.config, records.rows, records
        tenant_id = context.run.tenant_id
        self.present = models.partnerships.many(tenant_id, self._subjects("partnership"))
        self.objectives = models.objectives.many(tenant_id, self._subjects("objective"))
        self.last = models.step_queries.latest(tenant_id, list(self.present))
        self.mails = {mail.row_id: mail for mail in records.mails}
        self.invitations = {delivery.meeting_id: delivery for delivery in records.deliveries if delivery.meeting_id}
        self.meetings = {meeting.row_id: meeting for meeting in records.meetings}
        self.columns = self.config.action_type.row_columns(context, list(self.present.values()))

    def _subjects(self, kind: str) -> list[str]:
        return [row.subject_id for row in self.rows if row.subject_kind == kind]

    @cached_property
    def matching(self) -> set[str]:
        """The subjects of the rows that match now."""
        if self.config.show == "objectives":
            return {objective.id for objective in row_queries.objectives(self.context)}
        if self.config.show == "nothing" or not self.present:
            return set(self.present)
        return {row.id for row in row_queries.partnerships(self.context, among=tuple(self.present), whose="all")}

    def _more_match(self) -> bool:
        """Whether more partnerships or objectives match than are shown; only queried when the limit was reached, because
        the query may take long."""
        if self.config.show == "nothing":
            return False
        about_objectives = self.config.show == "objectives"
        shown = len(self._subjects("objective" if about_objectives else "partnership"))
        if shown < self.config.limit:
            return False
        context = self.context
        matching = (
            row_queries.objectives(context)
            if about_objectives
            else row_queries.partnerships(context, whose=row_queries.whose(context))
        )
        return next(islice(matching, shown, None), None) is not None

    def shown(self) -> Shown:
        """The parts of the answer that come from the rows."""
        step, deliveries = self.context.step, self.records.deliveries
        gone = frozenset(row.subject_id for row in self.rows if self._is_gone(row))
        return {
            "preview": False,
            "items": self.items(),
            "expected": progress_of_rows(self.config, self.rows, deliveries, step.result, gone),
            "shown_at": max((row.shown_at for row in self.rows), default=step.started_at),
            "truncated": self._more_match(),
        }

    def items(self) -> list[Shown]:
        """The rows in their order."""
        return [self._item(row) for row in self.rows]

    def _is_gone(self, row: StepRow) -> bool:
        return row.subject_id not in (self.present if row.subject_kind == "partnership" else self.objectives)

    def _item(self, row: StepRow) -> Shown:
        item = _row_item(row, gone=self._is_gone(row), matches=row.subject_id in self.matching)
        return item | (self._objective(row) if row.subject_kind == "objective" else self._partnership(row))

    def _objective(self, row: StepRow) -> Shown:
        objective = self.objectives.get(row.subject_id)
        return row_snapshot.of_objective(objective, self.context.today) if objective else {}

    def _partnership(self, row: StepRow) -> Shown:
        partnership = self.present.get(row.subject_id)
        facts = self._facts(partnership) if partnership else {}
        columns = self.columns(partnership, row.draft)
        mail, meeting = self.mails.get(row.id), self.meetings.get(row.id)
        always = self.config.action_type.always_shown
        if mail is not None or "delivery" in always:
            columns["delivery"] = _delivery(mail) if mail and mail.status != "withdrawn" else None
        if meeting is not None or "meeting" in always:
            invitation = self.invitations.get(meeting.id) if meeting else None
            sent = {"invitation": _delivery(invitation) if invitation else None}
            columns["meeting"] = meeting_shown(meeting) | sent if meeting else None
        return facts | columns

    def _facts(self, partnership: Partnership) -> Shown:
        return row_snapshot.of_partnership(partnership, self.last.get(partnership.id), self.context.today)
