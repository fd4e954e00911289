"""Decides who is told of what other contexts report, and keeps what people have chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.monitor import profiles
from services.monitor.models import acts, feed, notification_settings, people, runs
from shared.database.model import Columns
from shared.feed.consumer import Change
from shared.ground import clock, ids, local_days
from shared.ground.errors import Invalid
from shared.ground.principal import Principal

KINDS: Mapping[str, str] = {
    "task_failed": "An AI task failed",
    "task_done": "An AI task is done",
    "plan_ready": "An action plan is ready",
    "workflow_started": "A workflow has started",
    "trigger_held": "A due workflow could not start",
    "deadline": "A deadline comes near",
    "mention": "Somebody mentions me",
    "assigned": "Something is assigned to me",
}
"""The kinds of notification that people choose among, by the name that their senders use; any other is always shown."""

DONE, FAILED = "task_done", "task_failed"
ANSWERABLE = ("developer", "operator")
"""The roles that are told of every failure of their tenant."""


@dataclass(frozen=True)
class Settings:
    """What a person has chosen. `digest_hour` is None without a digest."""

    muted: tuple[str, ...] = ()
    mailed: tuple[str, ...] = ()
    digest_hour: int | None = None
    time_zone: str = "UTC"


def rows_of(change: Change) -> list[Columns]:
    """The notifications that a request makes: none of one's own acts, and a failure also for the owner of the run and
    for those who answer for failures. Their ids follow from the request's, so that a repeat makes none."""
    source = change.data.get("source") or {}
    if _is_known_already(change, source):
        return []
    row: Columns = {
        "id": change.subject,
        "tenant_id": change.tenant_id,
        "recipient_id": change.data.get("recipientId"),
        "kind": change.data["kind"],
        "title": change.data["title"],
        "body": change.data.get("body") or "",
        "link": change.data.get("link"),
        "source": change.source,
        "created_at": clock.parse(change.data["createdAt"]),
        "by_id": change.data["by"].get("id"),
        "group_id": source.get("id") if _is_of_task(change) else None,
    }
    if change.data["kind"] != FAILED or row["recipient_id"] is None:
        return [row]
    others = {*people.with_roles(change.tenant_id, ANSWERABLE), *_owners(change, source)} - {row["recipient_id"]}
    return [row] + [
        row | {"id": ids.named("notification", change.subject, other), "recipient_id": other}
        for other in sorted(others)
    ]


def _is_of_task(change: Change) -> bool:
    """Whether a notification is about the end of an AI task, so that those of one run are told in one line."""
    return change.data["kind"] in (DONE, FAILED)


def _is_known_already(change: Change, source: Mapping[str, str]) -> bool:
    """Whether the recipient did it themselves, or sees the result where they did it (a mail of a guided run), or it is
    the digest of these very notifications."""
    by, recipient = change.data["by"], change.data.get("recipientId")
    if by.get("kind") == "person" and by.get("id") == recipient:
        return True
    return change.data["kind"] == DONE and (source.get("kind") == "guided-run" or source.get("service") == "monitor")


def _owners(change: Change, source: Mapping[str, str]) -> list[str]:
    """The owner of the run that the notification is about, if it is here and has one."""
    run = runs.find(change.tenant_id, source.get("id", ""))
    return [run.owner] if run is not None and run.owner else []


def settings_of(by: Principal) -> Settings:
    """What this person has chosen, or the defaults, in the time zone of their profile."""
    row = notification_settings.of_person(by.tenant_id, by.id)
    if row is None:
        return Settings(mailed=(FAILED, "deadline", "mention"), time_zone=profiles.time_zone(by))
    return Settings(tuple(row.muted), tuple(row.mailed), row.digest_hour, row.time_zone)


def muted(tenant_id: str, person_id: str) -> tuple[str, ...]:
    """The kinds that this person does not want to see in the console."""
    row = notification_settings.of_person(tenant_id, person_id)
    return tuple(row.muted) if row else ()


def choose(settings: Settings, *, by: Principal, now: datetime) -> None:
    """Write what this person has chosen. Invalid for an unknown time zone, kind or hour."""
    _check(settings)
    with feed.transaction():
        notification_settings.write(
            by.tenant_id,
            by.id,
            now,
            muted=sorted(settings.muted),
            mailed=sorted(settings.mailed),
            digest_hour=settings.digest_hour,
            time_zone=settings.time_zone,
            next_due_at=next_digest(settings, now),
        )
        acts.record(by, "changed notification settings", "person", by.id, now=now)


def next_digest(settings: Settings, now: datetime) -> datetime | None:
    """The next time after `now` at which it is the hour of the digest where the person is; None without a digest."""
    if settings.digest_hour is None:
        return None
    return local_days.next_due(f"0 {settings.digest_hour} * * *", settings.time_zone, now)


def _check(settings: Settings) -> None:
    wrong = {}
    if not local_days.is_zone(settings.time_zone):
        wrong["timeZone"] = ["A name like Europe/Berlin."]
    if settings.digest_hour is not None and not 0 <= settings.digest_hour <= 23:
        wrong["digestHour"] = ["An hour from 0 to 23."]
    for name, kinds in (("muted", settings.muted), ("mailed", settings.mailed)):
        if unknown := sorted(set(kinds) - set(KINDS)):
            wrong[name] = [f"There is no kind {unknown[0]}."]
    if wrong:
        raise Invalid("These settings cannot be kept.", errors=wrong)
