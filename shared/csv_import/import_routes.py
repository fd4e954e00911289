"""The routes of imports, the same at every service that takes files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request
from flask_smorest import Blueprint

from shared.contracts.imports import (
    LONGEST_FILE,
    ChoiceIn,
    ImportArgs,
    ImportDetail,
    ImportPage,
    ImportRowArgs,
    ImportRowPage,
    KindsSchema,
    PartIn,
    TakeFileIn,
)
from shared.csv_import import file_text, sources
from shared.csv_import.cell_types import Choices
from shared.csv_import.import_commands import ImportDirectly, TakeFile, UploadedFile
from shared.csv_import.import_states import IMPORT
from shared.csv_import.imports import Imports
from shared.csv_import.mapping import ColumnChoice
from shared.ground import clock
from shared.ground.errors import Invalid
from shared.web import callers, entity_tags, list_pages, request_checks

FORM = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "additionalProperties": {"type": "string"},
                }
            }
        }
    }
}
"""What OpenAPI says of the form in which a file may come instead of JSON, beside the same fields as texts."""


def make(imports: Imports) -> Blueprint:
    """The blueprint of these imports."""
    blueprint = Blueprint(
        "imports", __name__, url_prefix="/api/imports", description="Imports of files, and their receipts."
    )

    @blueprint.get("/kinds")
    @callers.needs("member")
    @blueprint.response(200, KindsSchema)
    def kinds() -> dict[str, Any]:
        """What can be imported here, with the fields that a column may be."""
        return {"kinds": imports.kinds}

    @blueprint.get("")
    @callers.needs("member")
    @blueprint.arguments(ImportArgs, location="query")
    @blueprint.response(200, ImportPage)
    def listed(args: dict[str, Any]) -> dict[str, Any]:
        """The tenant's imports, the newest first."""
        page = imports.tables.listed(callers.by().tenant_id, **args)
        return list_pages.page_body(replace(page, items=[_shown(row) for row in page.items]))

    @blueprint.post("")
    @request_checks.takes_files
    @callers.needs("member")
    @blueprint.arguments(TakeFileIn)
    @blueprint.doc(**FORM)
    @blueprint.response(201, ImportDetail)
    def take(data: dict[str, Any]) -> Any:
        """Take a file, as JSON or in a form with a field `file`, and propose which of its columns are which fields."""
        command = TakeFile(kind=data["kind"], file=uploaded(data), source=data["source"])
        return _detail(imports, imports.take(callers.by(), command, now=clock.now()))

    @blueprint.get("/<import_id>")
    @callers.needs("member")
    @blueprint.response(200, ImportDetail)
    def read(import_id: str) -> Any:
        """One import."""
        return _detail(imports, imports.tables.get(callers.by().tenant_id, import_id))

    @blueprint.patch("/<import_id>")
    @callers.needs("member")
    @blueprint.arguments(ChoiceIn)
    @blueprint.response(200, ImportDetail)
    def choose(data: dict[str, Any], import_id: str) -> Any:
        """Choose which column is which field, and how dates and numbers are written."""
        by, expected = callers.by(), entity_tags.if_match()
        return _detail(imports, imports.choose(by, import_id, choice_of(data), now=clock.now(), expected=expected))

    @blueprint.post("/<import_id>/check")
    @callers.needs("member")
    @blueprint.arguments(PartIn)
    @blueprint.response(200, ImportDetail)
    def check(data: dict[str, Any], import_id: str) -> Any:
        """The dry run, or some more rows of it; nothing is changed."""
        return _detail(imports, imports.check(callers.by(), import_id, limit=data["limit"], now=clock.now()))

    @blueprint.post("/<import_id>/run")
    @callers.needs("member")
    @blueprint.arguments(PartIn)
    @blueprint.response(200, ImportDetail)
    def run(data: dict[str, Any], import_id: str) -> Any:
        """Import the rows, or some more of them; each is imported once."""
        by, expected = callers.by(), entity_tags.if_match()
        return _detail(imports, imports.run(by, import_id, limit=data["limit"], now=clock.now(), expected=expected))

    @blueprint.post("/<import_id>/undo")
    @callers.needs("member")
    @blueprint.arguments(PartIn)
    @blueprint.response(200, ImportDetail)
    def undo(data: dict[str, Any], import_id: str) -> Any:
        """Undo the import, or some more rows of it; a row that was changed since stays, and says why."""
        by, expected = callers.by(), entity_tags.if_match()
        return _detail(imports, imports.undo(by, import_id, limit=data["limit"], now=clock.now(), expected=expected))

    @blueprint.get("/<import_id>/rows")
    @callers.needs("member")
    @blueprint.arguments(ImportRowArgs, location="query")
    @blueprint.response(200, ImportRowPage)
    def rows(args: dict[str, Any], import_id: str) -> dict[str, Any]:
        """What became of the rows of an import, or would become of them."""
        row = imports.tables.get(callers.by().tenant_id, import_id)
        return list_pages.page_body(imports.tables.rows_listed(row, **args))

    return blueprint


def _shown(row: Any) -> dict[str, Any]:
    columns = {field.name: getattr(row, field.name) for field in row._meta.sorted_fields}
    counts = {name: count for name, count in (row.counts or {}).items() if count}
    undone = sum(counts.get(name, 0) for name in ("undone", "stays"))
    outcomes = sum(counts.values()) - undone
    return columns | {
        "counts": counts,
        "rows_done": undone if row.state in ("undoing", "undone") else outcomes,
        "source_name": sources.label_of(row.source),
        "allowed": IMPORT.allowed(row.state),
    }


def _detail(imports: Imports, row: Any) -> Any:
    questions = [{"choice": choice, "why": why} for choice, why in imports.questions(row)]
    return entity_tags.tagged(_shown(row) | {"questions": questions}, row.version)


def uploaded(data: Mapping[str, Any]) -> UploadedFile:
    """The file of a request: the text of the field `csv`, or what the form has under `file`. Invalid when it has neither,
    or both, or is too large, or the encoding is none of ours."""
    sent, encoding = request.files.get("file"), data["encoding"]
    if (data["csv"] is None) == (sent is None):
        raise Invalid(
            "There is no file.",
            errors={"csv": ["Send the text of a CSV file here, or a file in the form's field file."]},
        )
    if encoding is not None and encoding not in file_text.ENCODINGS:
        raise Invalid("The encoding is not known.", errors={"encoding": [f"One of {', '.join(file_text.ENCODINGS)}."]})
    if sent is None:
        return UploadedFile(data["csv"], data["file_name"] or "")
    content = sent.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise Invalid("The file is too large.", errors={"file": [f"At most {LONGEST_FILE:,} bytes at once."]})
    return UploadedFile(content, data["file_name"] or sent.filename or "", encoding)


def choice_of(data: Mapping[str, Any]) -> ColumnChoice:
    """What a request chooses for the columns."""
    constants = {name: value for name, value in data["constants"].items() if value}
    return ColumnChoice(data["mapping"], constants, Choices(data["date_order"], data["decimal_mark"]))


def direct_command(data: Mapping[str, Any]) -> ImportDirectly:
    """The command of a request that imports a file at once."""
    return ImportDirectly(
        file=uploaded(data),
        choice=choice_of(data),
        dry_run=data["dry_run"],
        after=data["after"],
        limit=data["limit"],
    )
