"""Partnerships: make, change, move through the stages of the pipeline and back, and remove."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.runs import activities, models, states
from services.runs.days import days_since, local_date, midday_of
from services.runs.models import Activity, Partnership, acts, copies, feed
from shared import clock
from shared.acts import By
from shared.contracts.camel import camel
from shared.errors import Conflict, Invalid

MOU_KINDS = {column: kind for kind, column in activities.MOU.items()}
MOU_WORDS = {"mou_sent": "MOU sent", "mou_viewed": "MOU viewed", "mou_signed": "MOU signed"}


def create(
    by: By,
    told: dict[str, Any],
    *,
    partnership_id: str,
    now: datetime,
    run_id: str | None = None,
    step_id: str | None = None,
    kind: str = "created",
) -> Partnership:
    """Make a partnership from the columns in `told`; only `name` is needed. It belongs to whoever makes it, unless said.

    `kind` is that of its first activity: created, or imported.

    Invalid for an external id that another one has, and for an MOU date to come.
    """
    with feed.transaction():
        columns = _defaults(by) | told
        mou = {column: columns.pop(column) for column in MOU_KINDS if column in columns}
        _check(by.tenant_id, columns, mou, now)
        moments = dict.fromkeys(("stage_changed_at", "created_at", "updated_at", "last_activity_at"), now)
        row = models.partnerships.add(
            id=partnership_id, tenant_id=by.tenant_id, last_activity_kind=kind, **moments, **columns
        )
        activities.begin(by, row, kind=kind, now=now, run_id=run_id, step_id=step_id)
        _date(by, row, mou, now=now, run_id=run_id, step_id=step_id)
        acts.record(by, "added partnership", "partnership", row.id, now=now, details={"name": row.name})
        return row


def change(
    by: By, partnership_id: str, told: dict[str, Any], *, now: datetime, expected: int | None = None
) -> Partnership:
    """Change these columns; a stage moves by the table of legal moves, an MOU date is kept as an activity as well.

    NotFound, Stale; Conflict naming the stages that are allowed; Invalid as `create`.
    """
    with feed.transaction():
        row = models.partnerships.alone(by.tenant_id, partnership_id)
        row.expect(expected)
        columns = {name: value for name, value in told.items() if getattr(row, name) != value}
        stage = columns.pop("stage", None)
        mou = {column: columns.pop(column) for column in MOU_KINDS if column in columns}
        _check(by.tenant_id, columns, mou, now)
        if columns:
            models.partnerships.change(row, updated_at=now, **columns)
            acts.record(by, "changed partnership", "partnership", row.id, now=now, details={"fields": sorted(columns)})
        _date(by, row, mou, now=now)
        if stage is not None:
            move(by, row, stage, now=now)
        return row


def remove(by: By, partnership_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Take a partnership out of every list; runs show it as gone. Its external id is free again. NotFound, Stale."""
    with feed.transaction():
        row = models.partnerships.alone(by.tenant_id, partnership_id)
        row.expect(expected)
        details = {"name": row.name, "externalId": row.external_id}
        models.partnerships.remove(row, now)
        acts.record(by, "removed partnership", "partnership", row.id, now=now, details=details)


def move(
    by: By,
    partnership: Partnership,
    stage: str,
    *,
    now: datetime,
    reason: str | None = None,
    run_id: str | None = None,
    step_id: str | None = None,
) -> Activity:
    """Move to another stage, as the table allows; the activity says from where, so that it can be taken back.

    Conflict naming the stages that are allowed.
    """
    with feed.transaction():
        before = models.partnerships.hold(partnership).stage
        if stage not in states.stages_after(before):
            raise Conflict(
                f"A partnership in the stage {before} cannot move to {stage}.", allowed=states.stages_after(before)
            )
        since = clock.rfc3339(partnership.stage_changed_at)
        details = {"from": before, "to": stage, "since": since, "reason": reason}
        models.partnerships.change(partnership, stage=stage, stage_changed_at=now, updated_at=now)
        made = activities.add(
            by, partnership, kind="stage_change", summary=f"{before} → {stage}", body=reason or "", now=now,
            run_id=run_id, step_id=step_id, details=details,
        )  # fmt: skip
        acts.record(by, "moved partnership", "partnership", partnership.id, now=now, reason=reason, details=details)
        return made


def undo_move(
    by: By, partnership: Partnership, *, now: datetime, run_id: str | None = None, step_id: str | None = None
) -> Activity:
    """Take back the last change of stage, also against the table: it is as if it had not been made.

    Only that of the run or step, where one is named. Conflict when there is none, or somebody has moved it since.
    """
    with feed.transaction():
        models.partnerships.hold(partnership)
        last = _last_move(partnership, run_id, step_id)
        before, after = last.details["to"], last.details["from"]
        details = {"from": before, "to": after, "undoes": last.id}
        models.partnerships.change(
            partnership, stage=after, stage_changed_at=clock.parse(last.details["since"]), updated_at=now
        )
        made = activities.add(
            by, partnership, kind="stage_change", summary=f"{before} → {after} (taken back)", now=now,
            run_id=run_id, step_id=step_id, details=details,
        )  # fmt: skip
        acts.record(by, "took back move", "partnership", partnership.id, now=now, details=details)
        return made


def days_since_contact(row: Partnership, now: datetime, time_zone: str) -> int | None:
    """Whole days since anybody was in contact, as the tenant counts days; None when nobody ever was."""
    if row.last_contact_at == models.NEVER:
        return None
    return days_since(row.last_contact_at, now, time_zone)


def _last_move(partnership: Partnership, run_id: str | None, step_id: str | None) -> Activity:
    """The change that made the stage what it is, unless it was made elsewhere or was itself a taking back."""
    moves = models.activities.newest(partnership.tenant_id, partnership.id, "stage_change")
    undone = {one.details.get("undoes") for one in moves}
    for one in moves:
        elsewhere = (run_id and one.run_id != run_id) or (step_id and one.step_id != step_id)
        stands = one.details["to"] == partnership.stage and one.id not in undone and "undoes" not in one.details
        if stands and not elsewhere:
            return one
    raise Conflict(
        f"There is no move to take back: {partnership.name} has been moved since, or was not moved here.",
        allowed=[f"move to {stage}" for stage in states.stages_after(partnership.stage)],
    )


def _defaults(by: By) -> dict[str, Any]:
    return {"stage": states.STAGES[0], "priority": 3, "owner": by.id if by.kind == "person" else None}


def _check(tenant_id: str, columns: dict[str, Any], mou: dict[str, date | None], now: datetime) -> None:
    external_id = columns.get("external_id")
    if external_id and models.partnerships.with_external_id(tenant_id, external_id):
        raise Invalid(
            "The external id is taken.", errors={"externalId": [f"Another partnership has {external_id} already."]}
        )
    if not mou:
        return
    today = local_date(now, copies.tenants.home(tenant_id).time_zone)
    late = {camel(column): ["It lies in the future."] for column, day in mou.items() if day and day > today}
    if late:
        raise Invalid("What has not happened yet has no date.", errors=late)


def _date(by: By, row: Partnership, mou: dict[str, date | None], *, now: datetime, **where: Any) -> None:
    """Set MOU dates: a day is kept as an activity of that day, none is only cleared."""
    if not mou:
        return
    zone = copies.tenants.home(row.tenant_id).time_zone
    for column, day in mou.items():
        if day is None and getattr(row, column) is None:
            continue
        models.partnerships.change(row, updated_at=now, **{column: None})
        if day is None:
            acts.record(by, "changed partnership", "partnership", row.id, now=now, details={"fields": [column]})
            continue
        kind, at = MOU_KINDS[column], midday_of(day, zone, not_after=now)
        activities.add(by, row, kind=kind, summary=MOU_WORDS[kind], at=at, now=now, **where)
        acts.record(by, "dated MOU", "partnership", row.id, now=now, details={"kind": kind, "on": day.isoformat()})
