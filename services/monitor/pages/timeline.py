"""Computes the bars of a timeline: each step's waiting and working time as shares of the whole run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.monitor.pages import status_style, wording

THINNEST = 0.6
"""The least width of a bar in percent, so that short times can still be seen."""


class Bar(NamedTuple):
    """A bar in one row, in percent of the width; `colour` is that of a status, or `wait`."""

    x: float
    width: float
    colour: str


class StepBars(NamedTuple):
    """The bars of one step, and their meaning in words."""

    bars: list[Bar]
    words: str


def layout(
    run: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], now: datetime
) -> Callable[[Mapping[str, Any]], StepBars | None]:
    """For one run, a function from a step to its StepBars; None for a step without a time of creation or start.

    A step waits from its creation until it starts, and works from then until it ends.
    """
    moments = [
        moment
        for part in (run, *steps)
        for name in ("createdAt", "startedAt", "completedAt")
        if (moment := wording.moment(part.get(name)))
    ]
    begin = min(moments, default=now)
    end = now if not run.get("completedAt") else max(moments, default=now)
    whole = max(end - begin, timedelta(milliseconds=1))

    def share(moment: datetime) -> float:
        return round(100 * max(timedelta(), min(whole, moment - begin)) / whole, 2)

    def bars_of(step: Mapping[str, Any]) -> StepBars | None:
        created, started, ended = (wording.moment(step.get(name)) for name in ("createdAt", "startedAt", "completedAt"))
        if not (created or started):
            return None
        bars, words = [], []
        if created and (until := started or ended or end) > created:
            bars.append(Bar(share(created), max(THINNEST, round(share(until) - share(created), 2)), "wait"))
            words.append(f"waited {wording.lasting((until - created) / timedelta(milliseconds=1))}")
        if started:
            until = ended or end
            x = min(share(started), 100 - THINNEST)
            bars.append(Bar(x, max(THINNEST, round(share(until) - x, 2)), status_style.of(step["status"]).colour))
            words.append(f"worked {wording.lasting((until - started) / timedelta(milliseconds=1))}")
        return StepBars(bars, ", ".join(words))

    return bars_of
