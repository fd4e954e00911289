"""The fields of a kind of import: what a column may be, by which headers it is known, and what to write in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shared.contracts.strict import CONTROL
from shared.csv_import.cell_types import TEXT, CellType

UNSEEN = "It is more than one line, or holds a character that cannot be seen."
TOO_MANY = "more cells than columns"


@dataclass(frozen=True)
class ImportField:
    """A field. `synonyms` are further headers by which it is known, `instead` says what to write where a cell is refused.

    `needed` is whether each row must have it; `in_header` whether the file must have a column for it, by default if it is
    needed.
    """

    name: str
    label: str
    type: CellType = TEXT
    needed: bool = False
    synonyms: Sequence[str] = ()
    instead: str = ""
    multiline: bool = False
    in_header: bool | None = None

    @property
    def in_every_file(self) -> bool:
        """Whether a file must have a column for it, or one value for all its rows."""
        return self.needed if self.in_header is None else self.in_header


@dataclass(frozen=True)
class ImportFields:
    """The fields of a kind, in the order in which they are shown. `prefixes` maps a list field of the API, such as
    `contacts`, to the prefix of its columns. Of the fields in each of `one_of` a file must have one."""

    listed: Sequence[ImportField]
    one_of: Sequence[Sequence[str]] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[ImportField]:
        return iter(self.listed)

    @cached_property
    def by_name(self) -> dict[str, ImportField]:
        """The fields by name."""
        return {each.name: each for each in self.listed}

    @cached_property
    def by_header(self) -> dict[str, str]:
        """The name of a field by each header that it is known by, as `key_of` spells it; its own name goes first."""
        names = {key_of(each.name): each.name for each in self.listed}
        return {key_of(synonym): each.name for each in self.listed for synonym in (each.label, *each.synonyms)} | names

    def problem(self, api_field: str, reasons: Any) -> str:
        """The error of an API field, with the name of ours and what to write instead."""
        outer, *inner = api_field.split(".")
        name = inner[-1] if inner else outer
        prefix = self.prefixes.get(outer, "") if inner else ""
        column = prefix + re.sub(r"(?=[A-Z])", "_", name).lower()
        why = " ".join(map(str, reasons)) if isinstance(reasons, list) else str(reasons)
        instead = self.by_name[column].instead if column in self.by_name else ""
        return " ".join([f"{column}: {why}", *([instead] if instead else [])])

    def cell_problems(self, cells: Mapping[str, str]) -> list[str]:
        """The errors of a row's cells before their values are checked: missing ones, and control characters."""
        missing = [f"{each.name}: it is missing" for each in self.listed if each.needed and each.name not in cells]
        single = [name for name in cells if not self.by_name[name].multiline]
        return missing + [f"{name}: {UNSEEN}" for name in single if CONTROL.search(cells[name])]


def key_of(header: str) -> str:
    """A header as it is compared: its letters and figures alone, in small letters."""
    return re.sub(r"[\W_]+", "", header.casefold())
