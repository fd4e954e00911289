"""What is posted to import a file, and what is answered, in every context that takes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields, pre_load, validate

from shared.contracts.camel import CamelSchema
from shared.contracts.paging import PageArgs, page_of
from shared.contracts.strict import Flag, line, optional_line, prose, whole
from shared.contracts.values import Moment
from shared.ground import strict_json
from shared.ground.errors import Invalid

LONGEST_FILE = 5_000_000
MOST_AT_ONCE = 10_000
IMPORTS_OF_A_PAGE = 20
OUTCOMES = ("created", "updated", "unchanged", "refused")
STATES = ("mapping", "checking", "checked", "running", "done", "undoing", "undone")


class Columns(fields.Dict):
    """Columns of a file by name, each a field or null."""

    def __init__(self, **options: Any) -> None:
        said = {"description": "The field of each column by its header; null leaves one out."}
        super().__init__(
            keys=fields.String(validate=validate.Length(1, 300)),
            values=line(60, allow_none=True),
            validate=validate.Length(max=200),
            **{"metadata": said, **({} if options.get("required") else {"load_default": dict}), **options},
        )


class Constants(fields.Dict):
    """One value for all rows, by field."""

    def __init__(self, **options: Any) -> None:
        said = {"description": "One value for all rows, of a field that the file has no column for."}
        super().__init__(
            keys=fields.String(validate=validate.Length(1, 60)),
            values=optional_line(300),
            validate=validate.Length(max=50),
            **{"load_default": dict, "metadata": said, **options},
        )


def date_order() -> fields.String:
    """The field for what dates begin with."""
    said = {"description": "What dates begin with; without it each column is read as it can only be."}
    one = validate.OneOf(("day", "month", "year"))
    return fields.String(allow_none=True, load_default=None, validate=one, metadata=said)


def decimal_mark() -> fields.String:
    """The field for the decimal mark."""
    said = {"description": "The decimal mark; without it each column is read as it can only be."}
    return fields.String(allow_none=True, load_default=None, validate=validate.OneOf((".", ",")), metadata=said)


class FromForm(CamelSchema):
    """A body that is JSON, or a form with a file, whose fields are texts."""

    takes_form = True

    @pre_load
    def read_form(self, data: Any, **_: Any) -> Any:
        """The fields of a form as JSON would have them."""
        if isinstance(data, dict) or not isinstance(data, Mapping):
            return data
        read = {"Flag": _flag, "Integer": _whole, "Columns": _object, "Constants": _object}
        kinds = {each.data_key: type(each).__name__ for each in self.fields.values()}
        return {name: read.get(kinds.get(name, ""), str)(data[name]) for name in data}


def _flag(text: str) -> Any:
    return {"true": True, "false": False}.get(text, text)


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _object(text: str) -> Any:
    try:
        return strict_json.loads(text)
    except (ValueError, Invalid):
        return text


class TakeFileIn(FromForm):
    """A CSV file to be imported step by step: its text, or, in a form, the file itself."""

    kind = line(40, required=True)
    csv = prose(LONGEST_FILE, load_default=None)
    file_name = optional_line(200)
    encoding = optional_line(40, metadata={"description": "The encoding of the file, where it cannot be told."})
    source = optional_line(
        60, metadata={"description": "Whose choice of columns is remembered; else told by the headers."}
    )


class ImportIn(FromForm):
    """A CSV file; with `dryRun` nothing is changed, and the receipt says what would happen."""

    csv = prose(LONGEST_FILE, load_default=None)
    file_name = optional_line(200)
    encoding = optional_line(40, metadata={"description": "The encoding of the file, where it cannot be told."})
    mapping = Columns()
    constants = Constants()
    date_order = date_order()
    decimal_mark = decimal_mark()
    dry_run = Flag(load_default=False)
    after = whole(0, 10_000_000, load_default=0, metadata={"description": "Only what is behind this line of the file."})
    limit = whole(
        1,
        MOST_AT_ONCE,
        load_default=None,
        metadata={"description": "At most so many lines; the next call goes on behind the last."},
    )


class ChoiceIn(CamelSchema):
    """Which column is which field, and how dates and numbers are written."""

    mapping = Columns(required=True)
    constants = Constants()
    date_order = date_order()
    decimal_mark = decimal_mark()


class PartIn(CamelSchema):
    """How many rows to do before answering; all of them without it."""

    limit = whole(1, MOST_AT_ONCE, load_default=None)


class ImportArgs(PageArgs):
    """Filters of the list of imports."""

    class Meta:
        unknown = RAISE

    kind = fields.String(load_default=None, validate=validate.Length(max=40))


class ImportRowArgs(PageArgs):
    """Filters of the rows of an import."""

    class Meta:
        unknown = RAISE

    outcome = fields.String(load_default=None, validate=validate.OneOf(OUTCOMES))
    stays = fields.Boolean(
        load_default=None, metadata={"description": "Of an import that was undone, the rows that stay (or do not)."}
    )


class FieldSchema(CamelSchema):
    """A field that a column may be."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    needed = fields.Boolean(required=True)
    instead = fields.String(required=True)


class KindSchema(CamelSchema):
    """A kind of row that can be imported here."""

    key = fields.String(required=True)
    fields_ = fields.List(fields.Nested(FieldSchema), required=True, data_key="fields", attribute="fields")


class KindsSchema(CamelSchema):
    """The kinds that this service imports."""

    kinds = fields.List(fields.Nested(KindSchema), required=True)


class Doer(Schema):
    """Who did it."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)


class ImportSchema(CamelSchema):
    """An import as lists show it. `rowsDone` are through in the present state; `counts` has those of each outcome, and of an
    import that is undone the rows `undone` and those that `stays`."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    source = fields.String(required=True)
    source_name = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    file_name = fields.String(required=True)
    row_count = fields.Integer(required=True)
    rows_done = fields.Integer(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    by = fields.Nested(Doer, required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    version = fields.Integer(required=True)
    allowed = fields.List(fields.String(), required=True)


class FileColumn(CamelSchema):
    """A column of the file with some of its cells."""

    name = fields.String(required=True)
    samples = fields.List(fields.String(), required=True)


class Question(CamelSchema):
    """What stands in the way: `choice` is what to choose (mapping, dateOrder, decimalMark)."""

    choice = fields.String(required=True)
    why = fields.String(required=True)


class ImportDetail(ImportSchema):
    """An import with the columns of its file, what was chosen for them, and what is still to be chosen."""

    encoding = fields.String(required=True)
    delimiter = fields.String(required=True)
    columns = fields.List(fields.Nested(FileColumn), required=True)
    mapping = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True), required=True)
    constants = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    date_order = fields.String(required=True, allow_none=True)
    decimal_mark = fields.String(required=True, allow_none=True)
    questions = fields.List(fields.Nested(Question), required=True)


class StoredImportRowSchema(CamelSchema):
    """What became of a row, or in a dry run would become of it; `stays` is why it could not be undone."""

    row = fields.Integer(required=True, attribute="number")
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    name = fields.String(required=True, allow_none=True)
    id = fields.String(required=True, allow_none=True, attribute="subject_id")
    reasons = fields.List(fields.String(), required=True)
    undone = fields.Boolean(required=True, allow_none=True)
    stays = fields.String(required=True, allow_none=True)


ImportPage = page_of(ImportSchema)
ImportRowPage = page_of(StoredImportRowSchema)
