"""Counts what was done in a step from its records, as its result and as one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.runs import models
from services.runs.action_types.registry import COUNTS
from services.runs.models import GuidedStep
from services.runs.step_rows.step_records import records_of

NAMES = frozenset(count.name for count in COUNTS)


def recount(step: GuidedStep) -> None:
    """Write a step's counts and its summary line from its present records; other parts of the result, such as notes,
    stay. Call it inside a transaction."""
    records = records_of(step)
    counts = {count.name: number for count in COUNTS if (number := count.of(records))}
    others = {name: value for name, value in (step.result or {}).items() if name not in NAMES}
    result = counts | others
    models.runs.write_result(step, result or None, line(result))


def line(result: Mapping[str, Any] | None) -> str | None:
    """The counts as a line: "3 e-mails sent, 1 set aside"; None if all are 0."""
    return ", ".join(count.said(number) for count in COUNTS if (number := (result or {}).get(count.name))) or None


def total(steps: Iterable[GuidedStep]) -> dict[str, int]:
    """The sums of the counts of all steps."""
    results = [step.result or {} for step in steps]
    sums = {count.name: sum(result.get(count.name, 0) for result in results) for count in COUNTS}
    return {name: number for name, number in sums.items() if number}
