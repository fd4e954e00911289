"""The work of the sample tenant: tasks for today, a Discovery that is finished, one whose plan waits for its review, one
begun, and a mail that a hold refuses. It is done by the same verbs as people's work, and executed by the running executor."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from services.workflows import (
    executions,
    finalizing,
    holds,
    models,
    plans,
    sample_data,
    sample_removal,
    sample_tasks,
    seeding,
    step_kinds,
    steps,
    tasks,
)
from services.workflows.commands import ChangeTask, CreateTask, PlaceHold
from services.workflows.models import Execution, db, feed, one_time_work, replicas
from services.workflows.stages import discovery
from shared.database.connection import session
from shared.ground import clock, ids
from shared.ground.local_days import local_date
from shared.ground.principal import Principal
from shared.ground.settings import Settings

TENANT = seeding.TENANT["id"]
FINISHED, IN_REVIEW, BEGUN = "Mesa Robotics", "Ferrum Steel", "City of Larkspur"
HOLD_DAYS = 21
PATIENCE_SECONDS = 60.0

ASSESSMENTS = {
    FINISHED: {"relationshipScore": 9, "confidenceScore": 8, "notes": "Dana wants a second site. Nobody has met finance."},
    IN_REVIEW: {"relationshipScore": 6, "confidenceScore": 5, "notes": "Katrin says that procurement talks to a competitor."},
    BEGUN: {"relationshipScore": 7, "confidenceScore": 6, "notes": "The council votes on its budget in two months."},
}  # fmt: skip

SENT_TO, HELD = sample_tasks.MAILS


def _mail(customer: str, name: str, email: str, *, title: str, description: str, subject: str, body: str) -> CreateTask:
    """An AI task that sends a mail to a contact."""
    return CreateTask(
        title=title,
        description=description,
        priority=2,
        owner=sample_tasks.person_id("ana"),
        customer_id=sample_data.customer_id(TENANT, customer),
        estimated_completion_time="1 minute",
        auto_execute=True,
        processor="send-email",
        metadata={"to": [{"name": name, "email": email}], "subject": subject, "body": body},
    )


SENT = _mail(
    SENT_TO,
    "Amy Stone",
    "astone@redwood.test",
    title="Thank Amy Stone for the call, with the next two dates",
    description="Tandem keeps the mail in its own mailbox; it goes no further.",
    subject="Thank you for the call",
    body="Hello Amy,\n\nthank you for the call. The offer comes this week; shall we speak about it a week later?\n\nAna",
)
REFUSED = _mail(
    HELD,
    "Beth Rosen",
    "brosen@oriel.test",
    title="Send Beth Rosen a summary of the escalation call",
    description="Refused while Oriel Insurance is on hold; it can be run again once the hold is lifted.",
    subject="What we agreed about the export",
    body="Hello Beth,\n\nthis is what we agreed about the export, and who does what until when.\n\nAna",
)


def main(settings: Settings, words: Sequence[str]) -> int:
    """Do what is missing of the samples' work; a second time it adds nothing, and one that was broken off is gone on with.
    Returns 1 when the other services did not answer in time."""
    with session(db):
        if not is_wanted():
            return 0
        if not _wait_for_replicas():
            print(
                f"The people and processors are not known after {PATIENCE_SECONDS:.0f} s: are all services running?",
                file=sys.stderr,
            )
            return 1
        load(clock.now)
    return 0


def is_wanted() -> bool:
    """Whether the sample customers are there, and have not been removed."""
    names = (FINISHED, IN_REVIEW, BEGUN, HELD, SENT_TO)
    there = models.customers.get_many(TENANT, [sample_data.customer_id(TENANT, name) for name in names])
    return len(there) == len(names) and not one_time_work.is_done(TENANT, sample_removal.REMOVED)


def load(read_clock: Callable[[], datetime]) -> None:
    """Do each part that was not done yet. What has an id that follows from the samples is made once, so that a part that
    was broken off goes on where it ended."""
    for name, part in PARTS.items():
        if not one_time_work.is_done(TENANT, name):
            part(read_clock())
            with feed.transaction():
                one_time_work.note(TENANT, name, now=read_clock())


def _wait_for_replicas() -> bool:
    """Wait until the people and the processors of the other services are known here."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        known = (replicas.people.get_or_none(TENANT, sample_tasks.person_id(name)) for name in sample_tasks.PEOPLE)
        if replicas.metadata_schemas() and all(known):
            return True
        time.sleep(0.1)
    return False


def person(name: str) -> Principal:
    """A sample person, as the one who acts."""
    full_name, _, role = sample_tasks.PEOPLE[name]
    return Principal("person", sample_tasks.person_id(name), full_name, TENANT, roles=frozenset({role}))


def _tasks(now: datetime) -> None:
    today = local_date(now, replicas.tenants.region(TENANT).time_zone)
    for sample in sample_tasks.read(TENANT, today):
        by, row = person(sample.who), models.tasks.get_or_none(TENANT, sample.id)
        row = row or tasks.create(by, sample.command, task_id=sample.id, now=now)
        if sample.snoozed_until and row.status == "open":
            tasks.snooze(by, row.id, sample.snoozed_until, None, now=now)
        if sample.completed and row.status == "open":
            tasks.change(by, row.id, ChangeTask(status="completed"), now=now)


def _begun(now: datetime) -> None:
    _walk(BEGUN, 2, now)


def _in_review(now: datetime) -> None:
    _plan(_walk(IN_REVIEW, len(discovery.STAGE.steps) - 1, now), now)


def _finished(now: datetime) -> None:
    execution = _walk(FINISHED, len(discovery.STAGE.steps) - 1, now)
    _plan(execution, now)
    finalizing.finalize(person("ana"), execution.id, now=now)


def _walk(customer: str, until: int, now: datetime) -> Execution:
    """The Discovery of this customer, with its first steps completed."""
    by, execution_id = person("ana"), ids.named("sample-workflow", TENANT, customer)
    execution = models.executions.get_or_none(TENANT, execution_id) or executions.start(
        by, sample_data.customer_id(TENANT, customer), discovery.STAGE.key, execution_id=execution_id, now=now
    )
    for step in models.executions.steps_of(execution)[:until]:
        if step.status not in models.executions.DONE:
            entered = ASSESSMENTS[customer] if step.kind == step_kinds.assessment.KIND.key else {}
            steps.complete(by, execution.id, step.id, entered, now=now)
    return execution


def _plan(execution: Execution, now: datetime) -> None:
    if models.plans.get_or_none(TENANT, execution.id) is None:
        plans.generate(person("ana"), execution.id, "rules", now=now)


def _sent_mail(now: datetime) -> None:
    _create(sample_tasks.mail_id(TENANT, SENT_TO), SENT, now)


def _create(task_id: str, command: CreateTask, now: datetime) -> None:
    if models.tasks.get_or_none(TENANT, task_id) is None:
        tasks.create(person("ana"), command, task_id=task_id, now=now)


def _refused_mail(now: datetime) -> None:
    """Place the hold, and ask for the mail that it refuses. The executor hears of them in this order."""
    by, hold_id, task_id = person("ana"), ids.named("sample-hold", TENANT, HELD), sample_tasks.mail_id(TENANT, HELD)
    customer_id = sample_data.customer_id(TENANT, HELD)
    if not models.holds.exists(TENANT, hold_id):
        until = local_date(now, replicas.tenants.region(TENANT).time_zone) + timedelta(days=HOLD_DAYS)
        reason = "Their counsel asked us to write to nobody until the escalation is settled"
        command = PlaceHold(reason=reason, until_on=until, asked_by="Carl Jensen")
        holds.place(by, customer_id, command, hold_id=hold_id, now=now)
    _create(task_id, REFUSED, now)


PARTS: dict[str, Callable[[datetime], None]] = {
    "sample tasks": _tasks,
    "sample Discovery begun": _begun,
    "sample plan in review": _in_review,
    "sample Discovery finished": _finished,
    "sample mail": _sent_mail,
    "sample mail on hold": _refused_mail,
}
"""The parts of the work by the names under which they are noted."""
