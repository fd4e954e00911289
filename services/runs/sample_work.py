"""The guided runs of the sample tenant: one that is finished and one at work, walked by the same verbs as people's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from services.runs import lifecycle, models, recurrences, sample_data, sample_removal, seeding, step_actions, steps
from services.runs.action_types.action import Command
from services.runs.action_types.note import AddNote
from services.runs.action_types.review import ReviewRow
from services.runs.catalogue.seasonal_planning_check import SEASONAL_PLANNING_CHECK
from services.runs.catalogue.weekly_pipeline_review import WEEKLY_PIPELINE_REVIEW
from services.runs.models import GuidedRun, GuidedStep, db, feed, one_time_work
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.principal import Principal
from shared.ground.settings import Settings

TENANT = seeding.TENANT["id"]
NOTE = "We keep the two launches of the season, and put the third one off until its partner has signed."
RECURRENCE = sample_data.recurrence_id(TENANT)
MARKED = 2
"""Rows that are marked in the run at work; the others are left to whoever tries it."""


def main(settings: Settings, words: Sequence[str]) -> int:
    """Do what is missing of the samples' runs; a second time it adds nothing, and one that was broken off is gone on
    with."""
    with session(db):
        if is_wanted():
            load(clock.now)
    return 0


def is_wanted() -> bool:
    """Whether a sample partnership is there, and the samples have not been removed."""
    removed = one_time_work.is_done(TENANT, sample_removal.REMOVED)
    return not removed and bool(models.partnerships.many(TENANT, sample_data.partnership_ids(TENANT)))


def load(read_clock: Callable[[], datetime]) -> None:
    """Walk each run that was not walked yet."""
    for name, part in PARTS.items():
        if not one_time_work.is_done(TENANT, name):
            part(read_clock())
            with feed.transaction():
                one_time_work.note(TENANT, name, now=read_clock())


def _person(name: str) -> Principal:
    full_name, _ = sample_data.PEOPLE[name]
    return Principal("person", sample_data.person_id(name), full_name, TENANT, roles=frozenset({"member"}))


def _start(by: Principal, template_id: str, now: datetime) -> GuidedRun:
    """The sample run of this template."""
    run_id = sample_data.run_id(TENANT, template_id)
    existing = models.runs.get_or_none(TENANT, run_id)
    return existing or lifecycle.start(by, lifecycle.StartRun(template_id=template_id), run_id=run_id, now=now)


def _finished(now: datetime) -> None:
    by = _person("max")
    run = _start(by, SEASONAL_PLANNING_CHECK.id, now)
    if run.status != "in_progress":
        return
    for step in models.runs.steps_of(run):
        if step.status == "pending":
            step = steps.start(by, run.id, step.id, now=now)
        if step.status == "in_progress":
            _do(by, step, now)
    lifecycle.complete(by, run.id, now=now)


def _do(by: Principal, step: GuidedStep, now: datetime) -> None:
    """Review every row of a review, write the note, and skip what changes something outside."""
    marks = step.config.get("marks")
    if marks:
        for row in _open_rows(step):
            _perform(by, step, ReviewRow(row_id=row.id, mark=marks[0]), row.id, now)
    elif step.action_type == "note":
        if not step.result:
            _perform(by, step, AddNote(text=NOTE), step.id, now)
    else:
        steps.skip(by, step.run_id, step.id, now=now, reason="Nothing to change this season.")
        return
    steps.complete(by, step.run_id, step.id, now=now)


def _at_work(now: datetime) -> None:
    by = _person("ana")
    run = _start(by, WEEKLY_PIPELINE_REVIEW.id, now)
    first = models.runs.steps_of(run)[0]
    if first.status == "pending":
        first = steps.start(by, run.id, first.id, now=now)
    rows = models.rows.of_step(first)[:MARKED]
    for number, row in enumerate(rows):
        if row.state == "open":
            mark, note = ("needs attention", "Nobody has answered since the call.") if number else ("fine", None)
            _perform(by, first, ReviewRow(row_id=row.id, mark=mark, note=note), row.id, now)


def _open_rows(step: GuidedStep) -> list[models.StepRow]:
    return [row for row in models.rows.of_step(step) if row.state == "open"]


def _perform(by: Principal, step: GuidedStep, command: Command, made_for: str, now: datetime) -> None:
    step_actions.perform(
        by, step.run_id, step.id, command, new_id=ids.named("sample-action", step.id, made_for), now=now
    )


def _recurrence(now: datetime) -> None:
    if models.recurrences.get_or_none(TENANT, RECURRENCE) is None:
        command = recurrences.CreateRecurrence(
            template_id=WEEKLY_PIPELINE_REVIEW.id, every="week", weekday="monday", at="09:00"
        )
        recurrences.create(_person("ana"), command, recurrence_id=RECURRENCE, now=now)


PARTS: dict[str, Callable[[datetime], None]] = {
    "sample run finished": _finished,
    "sample run at work": _at_work,
    "sample recurrence": _recurrence,
}
"""The parts of the work by the names under which they are noted."""
