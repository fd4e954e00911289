"""What happened with a partnership: written down once, with what follows for the last contact and the MOU dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.runs import models
from services.runs.days import local_date
from services.runs.models import Activity, Partnership, acts, copies, feed
from shared import ids
from shared.acts import By
from shared.errors import Invalid

HEARD = ("email_received", "call", "meeting")
CONTACT = ("email_sent", *HEARD)
MOU = {"mou_sent": "mou_sent_on", "mou_viewed": "mou_viewed_on", "mou_signed": "mou_signed_on"}
BOOKED = ("meeting_booked", "meeting_changed", "meeting_cancelled")
TOLD = (*CONTACT, *BOOKED, "note", *MOU, "introduction")
"""The kinds that a person may write down; the others follow from what is done here."""

KINDS = (*TOLD, "stage_change", "task_created", "created", "imported")

WORDS = {kind: kind.replace("_", " ").capitalize().replace("Mou", "MOU") for kind in KINDS}
"""What stands for a summary where nobody wrote one."""

CLOCKS_DIFFER = timedelta(minutes=5)


def tell(by: By, partnership_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None) -> Activity:
    """A person writes down what happened: `told` is {kind, at?, summary, body?}. NotFound, Stale; Invalid for what lies
    ahead."""
    at = told.get("at")
    if at is not None and at > now + CLOCKS_DIFFER:
        raise Invalid("What has not happened yet is no activity.", errors={"at": ["It lies in the future."]})
    with feed.transaction():
        row = models.partnerships.alone(by.tenant_id, partnership_id)
        row.expect(expected)
        made = add(by, row, now=now, **told | {"summary": told.get("summary") or WORDS[told["kind"]]})
        acts.record(
            by, "logged activity", "partnership", row.id, now=now, details={"kind": made.kind, "summary": made.summary}
        )
        return made


def add(
    by: By,
    partnership: Partnership,
    *,
    kind: str,
    summary: str,
    now: datetime,
    at: datetime | None = None,
    body: str = "",
    run_id: str | None = None,
    step_id: str | None = None,
    details: dict[str, Any] | None = None,
    origin: str | None = None,
) -> Activity:
    """Write an activity and what follows from it for the partnership. Inside a transaction.

    `at` is now unless it happened earlier. The same `origin` again changes nothing and answers the first activity. The last
    contact and the last activity never go backwards.
    """
    models.partnerships.hold(partnership)
    known = models.activities.of_origin(partnership.tenant_id, origin) if origin else None
    if known is not None:
        return known
    at = min(at or now, now)
    made = _write(
        by, partnership, kind=kind, summary=summary, body=body, at=at, now=now, run_id=run_id, step_id=step_id,
        details=details, origin=origin,
    )  # fmt: skip
    models.partnerships.change(partnership, updated_at=now, **_follows(partnership, kind, at))
    return made


def begin(
    by: By, partnership: Partnership, *, kind: str, now: datetime, run_id: str | None = None, step_id: str | None = None
) -> Activity:
    """Write the first activity of a partnership that was made a moment ago, and whose own columns tell of it already."""
    summary = f"{WORDS[kind]} as {partnership.stage}"
    return _write(by, partnership, kind=kind, summary=summary, at=now, now=now, run_id=run_id, step_id=step_id)


def _write(by: By, partnership: Partnership, *, now: datetime, **told: Any) -> Activity:
    return models.activities.add(
        id=ids.new_id(),
        tenant_id=partnership.tenant_id,
        partnership_id=partnership.id,
        by=by.as_json(),
        created_at=now,
        **told,
    )


def _follows(partnership: Partnership, kind: str, at: datetime) -> dict[str, Any]:
    """The columns of the partnership that an activity changes."""
    values: dict[str, Any] = {}
    if kind in CONTACT and at > partnership.last_contact_at:
        values["last_contact_at"] = at
    if kind in HEARD and at > partnership.last_heard_at:
        values["last_heard_at"] = at
    if at >= partnership.last_activity_at:
        values |= {"last_activity_at": at, "last_activity_kind": kind}
    if kind in MOU:
        values |= _dated(partnership, MOU[kind], at)
    return values


def _dated(partnership: Partnership, column: str, at: datetime) -> dict[str, Any]:
    on, before = local_date(at, copies.tenants.home(partnership.tenant_id).time_zone), getattr(partnership, column)
    return {column: on} if before is None or on > before else {}
