"""What was done in a step: counted from the rows that say so, written as its result, and said in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.runs import models
from services.runs.action_types.registry import COUNTS
from services.runs.models import GuidedStep
from services.runs.step_rows.step_records import records_of

NAMES = frozenset(count.name for count in COUNTS)


def recount(step: GuidedStep) -> None:
    """Write a step's result and its line as they follow from what is there now; what else the result keeps, such as notes,
    stays. Inside a transaction."""
    records = records_of(step)
    counts = {count.name: number for count in COUNTS if (number := count.of(records))}
    others = {name: value for name, value in (step.result or {}).items() if name not in NAMES}
    result = counts | others
    models.runs.write_result(step, result or None, line(result))


def line(result: Mapping[str, Any] | None) -> str | None:
    """ "3 e-mails sent, 1 set aside"; None where nothing was done."""
    return ", ".join(count.said(number) for count in COUNTS if (number := (result or {}).get(count.name))) or None


def total(steps: Iterable[GuidedStep]) -> dict[str, int]:
    """The counts of all steps together."""
    results = [step.result or {} for step in steps]
    sums = {count.name: sum(result.get(count.name, 0) for result in results) for count in COUNTS}
    return {name: number for name, number in sums.items() if number}
