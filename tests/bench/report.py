"""The one table that a run of the bench ends in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("what", "measured", "to reach", "ratio", "met", "beside")


@dataclass(frozen=True)
class Row:
    """One figure: `ratio` is what was measured over what is to be reached; empty where nothing is to be reached."""

    what: str
    measured: str
    to_reach: str = ""
    ratio: float | None = None
    met: bool | None = None
    beside: str = ""

    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return self.what, self.measured, self.to_reach, ratio, met, self.beside


def at_most(what: str, measured: float, limit: float, unit: str, beside: str = "") -> Row:
    """A figure that should not be above `limit`."""
    return Row(what, _told(measured, unit), f"<= {_told(limit, unit)}", measured / limit, measured <= limit, beside)


def at_least(what: str, measured: float, goal: float, unit: str, beside: str = "") -> Row:
    """A figure that should not be below `goal`."""
    return Row(what, _told(measured, unit), f">= {_told(goal, unit)}", measured / goal, measured >= goal, beside)


def plain(what: str, measured: float, unit: str, beside: str = "") -> Row:
    """A floor, a peer, or another figure that nothing is asked of."""
    return Row(what, _told(measured, unit), beside=beside)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed, by nearest rank. ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def table(rows: Sequence[Row]) -> str:
    """All rows under each other, in columns."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _told(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
    return f"{number} {unit}"
