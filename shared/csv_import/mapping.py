"""Which column of a file is which field: proposed by headers, by what was chosen before, and by the person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.csv_import import sources
from shared.csv_import.cell_types import Ambiguous, CellProblem, Choices, Reading
from shared.csv_import.fields import TOO_MANY, ImportFields, key_of
from shared.csv_import.sheet_table import Table, TableRow
from shared.ground.errors import Invalid

UNUSABLE = "The header of the file is not usable."


@dataclass(frozen=True)
class ColumnChoice:
    """What a person chose: `columns` maps the columns of a file to fields (None leaves one out), `constants` gives fields
    without a column one value for all rows."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    choices: Choices = Choices()


@dataclass(frozen=True)
class Line:
    """A row of a file by field: `cells` as they are written, `values` as they are read, and what is wrong with it."""

    number: int
    cells: dict[str, str]
    values: dict[str, Any]
    problems: list[str]


def propose(
    table: Table, fields: ImportFields, before: Mapping[str, str | None] | None = None
) -> dict[str, str | None]:
    """A field, or None, for each column: what was chosen `before` for one of this name, else the field that is known by its
    header. Where two columns may be the same field, both are, and the person chooses."""
    remembered = before or {}
    found: dict[str, str | None] = {}
    for _, name in table.named:
        chosen = remembered.get(name) if name in remembered else fields.by_header.get(_key(name))
        found[name] = chosen if chosen in fields.by_name else None
    return found


def _key(name: str) -> str:
    """The header without what makes it differ from another column of the same name."""
    bare = name.rpartition(" (")[0] if name.endswith(")") and name.rpartition(" (")[2][:-1].isdigit() else name
    return key_of(bare)


def chosen_for(table: Table, fields: ImportFields, choice: ColumnChoice | None) -> ColumnChoice:
    """The choice for a file: the person's, or, without one, what is known by the headers.

    Without one, Invalid for a column that no field is known by, unless a system wrote the file that is known to export
    more than is wanted.
    """
    if choice is not None and choice.columns:
        return choice
    given = choice or ColumnChoice()
    columns = propose(table, fields)
    unknown = [name for name, wanted in columns.items() if wanted is None]
    if unknown and sources.label_of(sources.recognised(list(columns))) is None:
        unknown_columns = [f"Column {_shown(name)} is not known." for name in unknown]
        known = f"Known columns: {', '.join(fields.by_name)}."
        raise Invalid(
            UNUSABLE,
            errors={"csv": [*problems_of(fields, ColumnChoice(columns, given.constants)), *unknown_columns, known]},
        )
    return ColumnChoice(columns, given.constants, given.choices)


def _shown(name: str) -> str:
    return "(without a name)" if name.startswith("Column ") and name[7:].isdigit() else name


def problems_of(fields: ImportFields, choice: ColumnChoice) -> list[str]:
    """Why a file cannot be read by this choice: a needed field that is missing, or a field that two columns are."""
    columns: dict[str, list[str]] = {}
    for name, wanted in choice.columns.items():
        if wanted:
            columns.setdefault(wanted, []).append(name)
    given = {*columns, *(name for name, value in choice.constants.items() if value)}
    missing = [f"Column {each.name} is missing." for each in fields if each.in_every_file and each.name not in given]
    missing += [f"Column {' or '.join(names)} is missing." for names in fields.one_of if given.isdisjoint(names)]
    twice = [
        f"Column {name} is there twice: {' and '.join(f'“{column}”' for column in named)}. Choose one of them."
        for name, named in columns.items()
        if len(named) > 1
    ]
    return missing + twice


def check(table: Table, fields: ImportFields, choice: ColumnChoice) -> None:
    """Invalid when the choice names a column or a field that there is not, or is not enough (`problems_of`)."""
    names = {name for _, name in table.named}
    wrong = {f"mapping.{name}": ["The file has no such column."] for name in choice.columns if name not in names}
    wrong |= {
        f"mapping.{name}": [f"There is no field {wanted}."]
        for name, wanted in choice.columns.items()
        if wanted and wanted not in fields.by_name
    }
    wrong |= {
        f"constants.{name}": ["There is no such field."] for name in choice.constants if name not in fields.by_name
    }
    if wrong:
        raise Invalid("The columns are not chosen in a way that fits the file.", errors=wrong)
    if problems := problems_of(fields, choice):
        raise Invalid(UNUSABLE, errors={"csv": problems})


def lines(table: Table, fields: ImportFields, choice: ColumnChoice) -> list[Line]:
    """The rows of a table by field, each column read as the whole of it can only be, or as was chosen."""
    used = [(at, wanted) for at, name in table.named if (wanted := choice.columns.get(name))]
    readings = {wanted: fields.by_name[wanted].type.reading(table.cells_of(at), choice.choices) for at, wanted in used}
    readings |= {
        name: fields.by_name[name].type.reading([text], choice.choices)
        for name, text in choice.constants.items()
        if name not in readings
    }
    return [_line(row, len(table.columns), used, choice.constants, readings) for row in table.rows]


def _line(
    row: TableRow,
    width: int,
    used: Sequence[tuple[int, str]],
    constants: Mapping[str, str],
    readings: Mapping[str, Reading],
) -> Line:
    cells = {name: text for name, text in constants.items() if text}
    cells |= {name: row.cells[at] for at, name in used if at < len(row.cells) and row.cells[at]}
    if len(row.cells) > width:  # the cells may stand under the wrong columns, so that nothing else is said of them
        return Line(row.number, cells, {}, [TOO_MANY])
    values, problems = dict[str, Any](), list[str]()
    for name, text in cells.items():
        try:
            values[name] = readings[name](text)
        except CellProblem as problem:
            problems.append(f"{name}: {problem.message}")
    return Line(row.number, cells, values, problems)


def open_questions(table: Table, fields: ImportFields, choice: ColumnChoice) -> Iterator[tuple[str, str]]:
    """`(the choice that is missing, why)` for each column that leaves open what its cells mean."""
    for at, name in table.named:
        wanted = choice.columns.get(name)
        if not wanted or wanted not in fields.by_name:
            continue
        kind = fields.by_name[wanted].type
        reading = kind.reading(table.cells_of(at), choice.choices)
        for text in table.cells_of(at):
            try:
                reading(text)
            except Ambiguous as problem:
                yield kind.asks, f"{name}: {problem.message}"
                break
            except CellProblem:
                continue
