"""What every type of cell is: a reader of a column, made from all its cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.ground.errors import Invalid

DATE_ORDERS = ("day", "month", "year")
DECIMAL_MARKS = (".", ",")


class CellProblem(Invalid):
    """A cell that cannot be read; the message is for the person whose file it is."""


class Ambiguous(CellProblem):
    """A cell that could mean two things, until the person chooses."""


@dataclass(frozen=True)
class Choices:
    """What a person said about a file: what a date begins with (`day`, `month`, `year`), and the decimal mark. None leaves
    it to what each column can only be."""

    date_order: str | None = None
    decimal_mark: str | None = None


Reading = Callable[[str], Any]
"""Reads one cell as a value of the API; text that it does not understand it returns as it is, so that the API's own
check refuses it. CellProblem where that is known to be wrong, Ambiguous where it
could mean two things."""


class CellType(Protocol):
    """A type of cell. `asks` names the choice that would settle what a column leaves open: `dateOrder`, `decimalMark` or
    ""."""

    asks: str

    def reading(self, cells: Sequence[str], choices: Choices) -> Reading:
        """The reading of a column with these cells."""
        ...
