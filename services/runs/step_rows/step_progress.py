"""Computes how much a step expects of a person, how much of it is done, and what is left, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.runs import delivery_kinds
from services.runs.models import Delivery, StepRow
from services.runs.step_rows.step_config import StepConfig

NAMED_AT_MOST = 5
FAILED_STATUSES = ("failed", "unknown", "cancelled")


@dataclass(frozen=True)
class RowProgress:
    """A row for the count of progress: `settled` if it is done or set aside, `problem` if its mail or invitation
    failed, was cancelled or is unknown."""

    name: str
    settled: bool
    problem: str | None = None


@dataclass(frozen=True)
class Progress:
    """How many things are expected, how many are done, and what is left."""

    count: int = 0
    done: int = 0
    left: list[str] = field(default_factory=list)


def progress_of(config: StepConfig, rows: Sequence[RowProgress], result: Mapping[str, Any] | None) -> Progress:
    """The progress of a step from its rows (without those whose subject was removed) and from its result."""
    if config.expect == "nothing":
        return Progress()
    settled = sum(row.settled for row in rows)
    if config.expect == "each" and config.show != "nothing":
        return Progress(len(rows), settled, _left(config, rows))
    made = max(settled, _made(config, result or {}))
    count = 1 if config.expect in ("any", "each") else int(config.expect)
    if config.show != "nothing":
        count = min(count, len(rows))
    done = min(made, count)
    return Progress(count, done, [] if done >= count else [_missing(config, count, done)])


def _left(config: StepConfig, rows: Sequence[RowProgress]) -> list[str]:
    """One sentence for all open rows without a problem, and one for each open row with one."""
    problems = [row.problem for row in rows if not row.settled and row.problem]
    untouched = [row.name for row in rows if not row.settled and not row.problem]
    if not untouched:
        return problems
    named = ", ".join(untouched[:NAMED_AT_MOST])
    more = len(untouched) - NAMED_AT_MOST
    names = f"{named} and {more} more" if more > 0 else named
    verb = "is" if len(untouched) == 1 else "are"
    return [f"{len(untouched)} of {len(rows)} {verb} {config.action_type.open_rows_phrase}: {names}.", *problems]


def _made(config: StepConfig, result: Mapping[str, Any]) -> int:
    """How much was done, by the counts that the step's purpose names, or by all of them."""
    counts = config.purpose.counts
    if not counts:
        return sum(number for number in result.values() if isinstance(number, int))
    return sum(int(result.get(name, 0)) for name in counts)


def _missing(config: StepConfig, count: int, done: int) -> str:
    if count == 1:
        return config.purpose.nothing_done
    return f"{done} of {count} done; {count - done} still to do."


def progress_of_rows(
    config: StepConfig,
    rows: Sequence[StepRow],
    deliveries: Sequence[Delivery],
    result: Mapping[str, Any] | None,
    gone: frozenset[str],
) -> Progress:
    """The progress of a started step. `gone` are the ids of removed subjects."""
    problems = {delivery.row_id: _problem(delivery) for delivery in _standing(deliveries) if _failed(delivery)}
    present = [row for row in rows if row.subject_id not in gone]
    return progress_of(
        config, [RowProgress(row.shown["name"], row.state != "open", problems.get(row.id)) for row in present], result
    )


def _standing(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The deliveries without the invitations to calls that were cancelled since; the cancellations remain."""
    cancellation = delivery_kinds.INVITE_CANCEL.name
    cancelled = {
        delivery.meeting_id
        for delivery in deliveries
        if delivery.kind == cancellation and delivery.status != "withdrawn"
    }
    return [
        delivery for delivery in deliveries if delivery.kind == cancellation or delivery.meeting_id not in cancelled
    ]


def _failed(delivery: Delivery) -> bool:
    return delivery.status in FAILED_STATUSES


def _problem(delivery: Delivery) -> str:
    to = ", ".join(recipient["email"] for recipient in delivery.recipients)
    what = delivery_kinds.named(delivery.kind).noun
    if delivery.status == "unknown":
        return f"Nobody knows whether the {what} to {to} went out; a person must look."
    return f"The {what} to {to} was not sent: {delivery.error or delivery.status}."
