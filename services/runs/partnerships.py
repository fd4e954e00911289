"""Creates, changes and removes partnerships, and moves them through the stages of the pipeline and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.runs import activities, models, states
from services.runs.days import today_of
from services.runs.models import Activity, Partnership, acts, feed, replicas
from shared.contracts.camel import camel
from shared.contracts.commands import NOT_GIVEN, NotGiven, given
from shared.database.model import Columns
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid
from shared.ground.json_types import JsonObject
from shared.ground.local_days import days_between, midday_of
from shared.ground.principal import Principal

MOU_KINDS = {column: kind for kind, column in activities.MOU.items()}
MOU_WORDS = {"mou_sent": "MOU sent", "mou_viewed": "MOU viewed", "mou_signed": "MOU signed"}


@dataclass(frozen=True, kw_only=True)
class ChangePartnership:
    """Change a partnership; `contacts` replaces all of them. A description of None is an empty one."""

    name: str | NotGiven = NOT_GIVEN
    external_id: str | None | NotGiven = NOT_GIVEN
    stage: str | NotGiven = NOT_GIVEN
    owner: str | None | NotGiven = NOT_GIVEN
    priority: int | NotGiven = NOT_GIVEN
    description: str | None | NotGiven = NOT_GIVEN
    source: str | None | NotGiven = NOT_GIVEN
    website: str | None | NotGiven = NOT_GIVEN
    time_zone: str | None | NotGiven = NOT_GIVEN
    contacts: list[JsonObject] | NotGiven = NOT_GIVEN
    mou_sent_on: date | None | NotGiven = NOT_GIVEN
    mou_viewed_on: date | None | NotGiven = NOT_GIVEN
    mou_signed_on: date | None | NotGiven = NOT_GIVEN
    next_call_on: date | None | NotGiven = NOT_GIVEN


@dataclass(frozen=True, kw_only=True)
class CreatePartnership(ChangePartnership):
    """Add a partnership; its owner defaults to the caller, if a person."""

    name: str


def create(
    by: Principal,
    command: CreatePartnership,
    *,
    partnership_id: str,
    now: datetime,
    run_id: str | None = None,
    step_id: str | None = None,
    kind: str = "created",
) -> Partnership:
    """Create a partnership. `kind` is the kind of its first activity: created or imported.

    Conflict for an external id that is taken, Invalid for an owner who is not an active person of the tenant, and for
    an MOU date in the future.
    """
    with feed.transaction():
        columns = _defaults(by) | _columns(command)
        mou = {column: columns.pop(column) for column in MOU_KINDS if column in columns}
        _check(by, columns, mou, now)
        moments = dict.fromkeys(("stage_changed_at", "created_at", "updated_at", "last_activity_at"), now)
        row = models.partnerships.add(
            id=partnership_id, tenant_id=by.tenant_id, last_activity_kind=kind, **moments, **columns
        )
        activities.begin(by, row, kind=kind, now=now, run_id=run_id, step_id=step_id)
        _date(by, row, mou, now=now, run_id=run_id, step_id=step_id)
        acts.record(by, "added partnership", "partnership", row.id, now=now, details={"name": row.name})
        return row


def change(
    by: Principal, partnership_id: str, command: ChangePartnership, *, now: datetime, expected: int | None = None
) -> Partnership:
    """Change what was given. A stage changes as the table of legal moves allows; an MOU date is also added as an
    activity.

    NotFound, Stale; Conflict as `create` and `move`; Invalid as `create`.
    """
    with feed.transaction():
        row = models.partnerships.get_for_update(by.tenant_id, partnership_id)
        row.expect(expected)
        columns = {name: value for name, value in _columns(command).items() if getattr(row, name) != value}
        stage = columns.pop("stage", None)
        mou = {column: columns.pop(column) for column in MOU_KINDS if column in columns}
        _check(by, columns, mou, now)
        if columns:
            models.partnerships.change(row, updated_at=now, **columns)
            acts.record(by, "changed partnership", "partnership", row.id, now=now, details={"fields": sorted(columns)})
        _date(by, row, mou, now=now)
        if stage is not None:
            _move(by, row, stage, now=now)
        return row


def remove(by: Principal, partnership_id: str, *, now: datetime, expected: int | None = None) -> None:
    """Remove a partnership from every list and free its external id; runs show it as gone. NotFound, Stale."""
    with feed.transaction():
        row = models.partnerships.get_for_update(by.tenant_id, partnership_id)
        row.expect(expected)
        details = {"name": row.name, "externalId": row.external_id}
        models.partnerships.remove(row, now)
        acts.record(by, "removed partnership", "partnership", row.id, now=now, details=details)


def move(
    by: Principal,
    partnership: Partnership,
    stage: str,
    *,
    now: datetime,
    reason: str | None = None,
    run_id: str | None = None,
    step_id: str | None = None,
) -> Activity:
    """Move to another stage, as the table of legal moves allows. The activity records the stage before, for
    `undo_move`.

    NotFound; Conflict naming the stages that are allowed.
    """
    with feed.transaction():
        locked = models.partnerships.lock(partnership)
        return _move(by, locked, stage, now=now, reason=reason, run_id=run_id, step_id=step_id)


def _move(
    by: Principal, locked: Partnership, stage: str, *, now: datetime, reason: str | None = None, **where: Any
) -> Activity:
    before = locked.stage
    if stage not in states.stages_after(before):
        raise Conflict(
            f"A partnership in the stage {before} cannot move to {stage}.", allowed=states.stages_after(before)
        )
    details = {"from": before, "to": stage, "since": clock.rfc3339(locked.stage_changed_at), "reason": reason}
    models.partnerships.change(locked, stage=stage, stage_changed_at=now, updated_at=now)
    made = activities.add(
        by, locked, locked=True, kind="stage_change", summary=f"{before} → {stage}", body=reason or "", now=now,
        details=details, **where,
    )  # fmt: skip
    acts.record(by, "moved partnership", "partnership", locked.id, now=now, reason=reason, details=details)
    return made


def undo_move(
    by: Principal, partnership: Partnership, *, now: datetime, run_id: str | None = None, step_id: str | None = None
) -> Activity:
    """Undo the last change of stage, even where the table has no such move.

    With `run_id` or `step_id`, only a change made there. NotFound; Conflict when there is none, or the partnership was
    moved since.
    """
    with feed.transaction():
        models.partnerships.lock(partnership)
        last = _last_move(partnership, run_id, step_id)
        before, after = last.details["to"], last.details["from"]
        details = {"from": before, "to": after, "undoes": last.id}
        models.partnerships.change(
            partnership, stage=after, stage_changed_at=clock.parse(last.details["since"]), updated_at=now
        )
        made = activities.add(
            by, partnership, locked=True, kind="stage_change", summary=f"{before} → {after} (taken back)", now=now,
            run_id=run_id, step_id=step_id, details=details,
        )  # fmt: skip
        acts.record(by, "took back move", "partnership", partnership.id, now=now, details=details)
        return made


def take_back_move(by: Principal, partnership_id: str, *, now: datetime, expected: int | None = None) -> Partnership:
    """Undo the last change of stage of a partnership. NotFound; Stale; Conflict as `undo_move`."""
    with feed.transaction():
        row = models.partnerships.get_for_update(by.tenant_id, partnership_id)
        row.expect(expected)
        undo_move(by, row, now=now)
        return row


def days_since_contact(row: Partnership, now: datetime, time_zone: str) -> int | None:
    """How many dates lie between the last contact and now in this time zone; None when there was none."""
    return None if row.last_contact_at == models.NEVER else days_between(row.last_contact_at, now, time_zone)


def _last_move(partnership: Partnership, run_id: str | None, step_id: str | None) -> Activity:
    """The activity that set the present stage. Conflict if there is none, or it was made elsewhere or is an undoing."""
    moves = models.activities.newest(partnership.tenant_id, partnership.id, "stage_change")
    undone = {move_.details.get("undoes") for move_ in moves}
    for move_ in moves:
        elsewhere = (run_id and move_.run_id != run_id) or (step_id and move_.step_id != step_id)
        stands = move_.details["to"] == partnership.stage and move_.id not in undone and "undoes" not in move_.details
        if stands and not elsewhere:
            return move_
    raise Conflict(
        f"There is no move to take back: {partnership.name} has been moved since, or was not moved here.",
        allowed=[f"move to {stage}" for stage in states.stages_after(partnership.stage)],
    )


def _defaults(by: Principal) -> Columns:
    return {"stage": states.STAGES[0], "priority": 3, "owner": by.id if by.kind == "person" else None}


def _columns(command: ChangePartnership) -> Columns:
    columns = given(command)
    return columns | ({"description": columns["description"] or ""} if "description" in columns else {})


def _check(by: Principal, columns: Columns, mou: dict[str, date | None], now: datetime) -> None:
    replicas.people.require(by, columns.get("owner"))
    tenant_id = by.tenant_id
    external_id = columns.get("external_id")
    if external_id and models.partnerships.with_external_id(tenant_id, external_id):
        raise Conflict(
            "The external id is taken.", errors={"externalId": [f"Another partnership has {external_id} already."]}
        )
    if not mou:
        return
    today = today_of(tenant_id, now).day
    late = {camel(column): ["It lies in the future."] for column, day in mou.items() if day and day > today}
    if late:
        raise Invalid("What has not happened yet has no date.", errors=late)


def _date(by: Principal, row: Partnership, mou: dict[str, date | None], *, now: datetime, **where: Any) -> None:
    """Set MOU dates. A date is added as an activity of that day; None clears the column."""
    if not mou:
        return
    zone = replicas.tenants.region(row.tenant_id).time_zone
    for column, day in mou.items():
        if day is None and getattr(row, column) is None:
            continue
        models.partnerships.change(row, updated_at=now, **{column: None})
        if day is None:
            acts.record(by, "changed partnership", "partnership", row.id, now=now, details={"fields": [column]})
            continue
        kind, at = MOU_KINDS[column], midday_of(day, zone, not_after=now)
        activities.add(by, row, locked=True, kind=kind, summary=MOU_WORDS[kind], at=at, now=now, **where)
        acts.record(by, "dated MOU", "partnership", row.id, now=now, details={"kind": kind, "on": day.isoformat()})
