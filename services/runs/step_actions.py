"""Performs actions in a step. Row, activity, request, counts and log of an action are written in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.runs import models, steps
from services.runs.action_types import registry
from services.runs.action_types.action import ActionContext, Command, Done, Item
from services.runs.models import StepRow, feed
from services.runs.step_rows.step_counts import recount
from shared.ground import ids
from shared.ground.errors import Invalid, TandemError
from shared.ground.principal import Principal


def perform(
    by: Principal,
    run_id: str,
    step_id: str,
    command: Command,
    *,
    new_id: str,
    now: datetime,
    expected: int | None = None,
    since: datetime | None = None,
    send_delay: timedelta = timedelta(),
) -> Done:
    """Perform a command. `new_id` is the id of what it creates; `expected` is the version of the row, or of the step if
    no row is named; mails leave after `send_delay`. NotFound, Stale, Invalid, Conflict; in a command for all, each row
    that is refused is an item."""
    if command.all:
        return _perform_for_all(by, run_id, step_id, type(command), new_id, now, expected, since, send_delay)
    with feed.transaction():
        return _perform(_context(by, run_id, step_id, command, new_id, now, expected, send_delay), command)


def _perform_for_all(
    by: Principal,
    run_id: str,
    step_id: str,
    command: type[Command],
    new_id: str,
    now: datetime,
    expected: int | None,
    since: datetime | None,
    send_delay: timedelta,
) -> Done:
    """Perform a command for every open row of a partnership, in one transaction each, so that a refused row does not
    stop the others. `since` is the time of the first try of the same request; rows that it finished are returned
    again."""
    action = registry.action_of(command).name
    with feed.transaction():
        _, step = steps.at_work(by, run_id, step_id, expected)
        shown = [row for row in models.rows.of_step(step) if row.subject_kind == "partnership"]
        rows = [row for row in shown if row.state == "open" or (since and _done_since(by, row, action, since))]
    items = [
        _perform_for_row(by, row, command(row_id=row.id), ids.named(new_id, row.id), now, send_delay) for row in rows
    ]
    statuses = {item.status for item in items}
    return Done(next((status for status in ("queued", "refused") if status in statuses), "done"), items)


def _done_since(by: Principal, row: StepRow, action: str, since: datetime) -> bool:
    mine = (row.outcome or {}).get("type") == action and (row.by or {}).get("id") == by.id
    return bool(mine and row.changed_at and row.changed_at >= since)


def _perform_for_row(
    by: Principal, row: StepRow, command: Command, new_id: str, now: datetime, send_delay: timedelta = timedelta()
) -> Item:
    def perform_it() -> Item:
        with feed.transaction(), feed.savepoint():
            context = _context(by, row.run_id, row.step_id, command, new_id, now, None, send_delay)
            return _perform(context, command).items[0]

    try:
        return feed.retry_on_deadlock(perform_it)
    except Invalid as error:
        reason = "; ".join(" ".join(map(str, why)) for why in error.errors.values() if isinstance(why, list))
        return Item("refused", row.id, row.subject_id, reason=reason or error.message)
    except TandemError as error:
        return Item("refused", row.id, row.subject_id, reason=error.message)


def _context(
    by: Principal,
    run_id: str,
    step_id: str,
    command: Command,
    new_id: str,
    now: datetime,
    expected: int | None,
    send_delay: timedelta,
) -> ActionContext:
    """The step, with the row or the partnership that the command names; for a partnership also its row, if the step has
    one.

    NotFound; Stale by the version of the row, or of the step if no row is named; Conflict if the step is not in
    progress.
    """
    run, step = steps.at_work(by, run_id, step_id, None if command.row_id else expected)
    row = partnership = None
    if command.row_id:
        row = models.rows.find(step, command.row_id)
        row.expect(expected)
        if row.subject_kind == "partnership":
            partnership = models.partnerships.many(run.tenant_id, [row.subject_id]).get(row.subject_id)
    elif command.partnership_id:
        partnership = models.partnerships.find(run.tenant_id, command.partnership_id)
        row = models.rows.about(step, "partnership", partnership.id)
    return ActionContext(
        by=by,
        run=run,
        step=step,
        config=registry.config_of(step),
        now=now,
        new_id=new_id,
        send_delay=send_delay,
        row=row,
        partnership=partnership,
        finished_by=registry.ACTIONS.get((row.outcome or {}).get("type", "")) if row else None,
    )


def _perform(context: ActionContext, command: Command) -> Done:
    """Perform the action. If it returns a log entry, also update the step's counts, record that the run acted on the
    partnership, and write the entry."""
    done = registry.action_of(type(command)).perform(context, command)
    if done.log is None:
        return done
    run, step, details = context.run, context.step, dict(done.log.details)
    if context.partnership is not None:
        models.runs.touch(run, context.partnership.id, context.now)
        details |= {"partnership": context.partnership.name, "partnershipId": context.partnership.id}
    recount(step)
    models.runs.mark(run)
    steps.record(context.by, run, step, done.log.verb, context.now, done.log.reason, **details)
    return done
