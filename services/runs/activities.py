"""Adds activities to a partnership, and updates its last contact, last activity and MOU dates from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.runs import models
from services.runs.models import Activity, Partnership, acts, feed, replicas
from shared.database.model import Columns
from shared.ground import ids
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject
from shared.ground.local_days import local_date
from shared.ground.principal import Principal

HEARD = ("email_received", "call", "meeting")
CONTACT = ("email_sent", *HEARD)
MOU = {"mou_sent": "mou_sent_on", "mou_viewed": "mou_viewed_on", "mou_signed": "mou_signed_on"}
BOOKED = ("meeting_booked", "meeting_changed", "meeting_cancelled")
LOGGED = (*CONTACT, *BOOKED, "note", *MOU, "introduction")
"""The kinds that a person may enter; the others follow from actions here."""

KINDS = (*LOGGED, "reviewed", "stage_change", "task_created", "created", "imported")

WORDS = {kind: kind.replace("_", " ").capitalize().replace("Mou", "MOU") for kind in KINDS}
"""The summary of an activity by its kind, if none is given."""

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class LogActivity:
    """Add an activity; `at` defaults to now."""

    kind: str
    at: datetime | None = None
    summary: str | None = None
    body: str = ""


def log(
    by: Principal, partnership_id: str, command: LogActivity, *, now: datetime, expected: int | None = None
) -> Activity:
    """Add an activity that a person entered. NotFound, Stale; Invalid for a time more than CLOCKS_DIFFER ahead."""
    kind, at = command.kind, command.at
    if at is not None and at > now + CLOCKS_DIFFER:
        raise Invalid("What has not happened yet is no activity.", errors={"at": ["It lies in the future."]})
    with feed.transaction():
        row = models.partnerships.get_for_update(by.tenant_id, partnership_id)
        row.expect(expected)
        made = add(
            by, row, kind=kind, summary=command.summary or WORDS[kind], now=now, at=at, body=command.body, locked=True
        )
        details = {"kind": made.kind, "summary": made.summary}
        acts.record(by, "logged activity", "partnership", row.id, now=now, details=details)
        return made


def add(
    by: Principal,
    partnership: Partnership,
    *,
    kind: str,
    summary: str,
    now: datetime,
    at: datetime | None = None,
    body: str = "",
    run_id: str | None = None,
    step_id: str | None = None,
    details: JsonObject | None = None,
    origin: str | None = None,
    locked: bool = False,
) -> Activity:
    """Lock the partnership, unless this transaction has it `locked`, add an activity, and update its columns that follow
    from it.

    `at` is the time of the activity, by default now; a later one becomes now. If an activity of the same `origin`
    exists, it is returned and none is added. The last contact and the last activity never move back in time. NotFound
    for a partnership that was removed since it was read.
    """
    if not locked:
        models.partnerships.lock(partnership)
    earlier = models.activities.of_origin(partnership.tenant_id, origin) if origin else None
    if earlier is not None:
        return earlier
    at = min(at or now, now)
    made = _write(
        by, partnership, kind=kind, summary=summary, body=body, at=at, now=now, run_id=run_id, step_id=step_id,
        details=details, origin=origin,
    )  # fmt: skip
    models.partnerships.change(partnership, updated_at=now, **_follows(partnership, kind, at))
    return made


def begin(
    by: Principal,
    partnership: Partnership,
    *,
    kind: str,
    now: datetime,
    run_id: str | None = None,
    step_id: str | None = None,
) -> Activity:
    """Add the first activity of a new partnership, whose columns already contain what follows from it."""
    summary = f"{WORDS[kind]} as {partnership.stage}"
    return _write(by, partnership, kind=kind, summary=summary, at=now, now=now, run_id=run_id, step_id=step_id)


def _write(by: Principal, partnership: Partnership, *, now: datetime, **columns: Any) -> Activity:
    return models.activities.add(
        id=ids.new_id(),
        tenant_id=partnership.tenant_id,
        partnership_id=partnership.id,
        by=by.as_json(),
        created_at=now,
        **columns,
    )


def _follows(partnership: Partnership, kind: str, at: datetime) -> Columns:
    """The columns of the partnership that an activity changes."""
    values: Columns = {}
    if kind in CONTACT and at > partnership.last_contact_at:
        values["last_contact_at"] = at
    if kind in HEARD and at > partnership.last_heard_at:
        values["last_heard_at"] = at
    if at >= partnership.last_activity_at:
        values |= {"last_activity_at": at, "last_activity_kind": kind}
    if kind in MOU:
        values |= _dated(partnership, MOU[kind], at)
    return values


def _dated(partnership: Partnership, column: str, at: datetime) -> Columns:
    on, before = local_date(at, replicas.tenants.region(partnership.tenant_id).time_zone), getattr(partnership, column)
    return {column: on} if before is None or on > before else {}
