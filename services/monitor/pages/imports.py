"""The pages of imports: take a file, choose its columns, see what it would do, import it, and undo it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, render_template, request

from services.monitor.pages import (
    api_client,
    early_frame,
    failures,
    flash,
    forms,
    frame,
    import_words,
    questions,
    urls,
    wording,
)
from services.monitor.pages.questions import Question
from shared.contracts.imports import IMPORTS_OF_A_PAGE, LONGEST_FILE
from shared.ground.errors import Conflict, Invalid, NotFound, Stale, TandemError
from shared.ground.json_types import JsonObject
from shared.web import callers, error_responses, request_checks

PAGE = "/app/import"
IMPORTS = "/api/imports"
OWNERS = ("workflows", "runs")
"""The services that take files."""

ROWS_AT_ONCE = 100
"""Rows that one request works through, in a second or two; a longer file goes on with the next."""

VERBS = {"checking": "check", "running": "run", "undoing": "undo"}
"""What goes on with an import that is under way."""

blueprint = frame.page_blueprint("imports", __name__)


@blueprint.get(PAGE)
@callers.needs("member")
def ask_file() -> Any:
    """The form for a file, and the imports of before."""
    return early_frame.page("Import", _start)


def _start(error: TandemError | None = None) -> str:
    kinds, away = list[tuple[str, str]](), []
    stored: list[JsonObject] = []
    loses = "What is imported there, and what was, cannot be shown."
    answers = frame.answers(
        *(
            functools.partial(api_client.optional, loses, functools.partial(_of, service), ([], []))
            for service in OWNERS
        )
    )
    for service, (found, down) in zip(OWNERS, answers, strict=True):
        kinds += [(f"{service}.{kind['key']}", wording.words(kind["key"])) for kind in found[0]]
        stored += [{"service": service, **row} for row in found[1]]
        away += [down] if down else []
    wanted = request.form.get("kind") or request.args.get("kind", "")
    return render_template(
        "imports/start.html",
        kinds=kinds,
        kind=next((value for value, _ in kinds if wanted in (value, value.partition(".")[2])), wanted),
        imports=sorted(stored, key=lambda row: row["createdAt"], reverse=True),
        encodings=import_words.ENCODINGS,
        encoding=request.form.get("encoding", ""),
        away=away,
        errors=forms.by_field(error.errors) if error else {},
        problem=failures.problem_of(error) if error else None,
    )


def _of(service: str) -> tuple[list[JsonObject], list[JsonObject]]:
    """The kinds that a service imports, and its latest imports."""
    kinds = api_client.get(service, f"{IMPORTS}/kinds")["kinds"]
    return kinds, api_client.get(service, IMPORTS, limit=IMPORTS_OF_A_PAGE)["items"]


@blueprint.post(PAGE)
@request_checks.takes_files
@callers.needs("member")
def take_file() -> Any:
    """Keep the file, and go on to its columns."""
    service, _, kind = request.form.get("kind", "").partition(".")
    try:
        if service not in OWNERS or not kind:
            raise Invalid("Say what the rows of the file are.", errors={"kind": ["Choose one."]})
        made = api_client.upload(service, IMPORTS, _form(kind), _file())
    except (Invalid, NotFound) as error:
        return _start(error), error_responses.status_of(error)
    return redirect(f"{PAGE}/{service}/{made['id']}", 303)


def _form(kind: str) -> dict[str, str]:
    encoding = request.form.get("encoding", "")
    return {"kind": kind} | ({"encoding": encoding} if encoding else {})


def _file() -> tuple[str, bytes]:
    """The name and the content of the file. Invalid when there is none, or it is too large."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("There is no file.", errors={"file": ["Choose a file."]})
    content = sent.read(LONGEST_FILE + 1)
    if len(content) > LONGEST_FILE:
        raise Invalid("The file is too large.", errors={"file": [f"At most {LONGEST_FILE:,} bytes at once."]})
    return sent.filename, content


@blueprint.get(f"{PAGE}/<service>/<import_id>")
@callers.needs("member")
def show(service: str, import_id: str) -> Any:
    """An import: its columns while they are chosen, how far it is while it is under way, else its receipt."""
    stored = _import(service, import_id)
    choosing = stored["state"] == "mapping" or ("columns" in request.args and stored["state"] == "checked")
    return _columns(service, stored) if choosing else _receipt(service, stored)


def _import(service: str, import_id: str) -> JsonObject:
    if service not in OWNERS:
        raise NotFound("There is no such import.")
    return api_client.get(service, _path(import_id))


def _path(import_id: str, verb: str = "") -> str:
    return f"{IMPORTS}/{import_id}" + (f"/{verb}" if verb else "")


def _columns(service: str, stored: Mapping[str, Any], error: TandemError | None = None) -> str:
    kinds = api_client.get(service, f"{IMPORTS}/kinds")["kinds"]
    fields: list[JsonObject] = next((kind["fields"] for kind in kinds if kind["key"] == stored["kind"]), [])
    mapped = set(stored["mapping"].values())
    return render_template(
        "imports/columns.html",
        stored=stored,
        here_path=f"{PAGE}/{service}/{stored['id']}",
        options=[("", "Leave it out"), *((field["name"], field["label"]) for field in fields)],
        constants=[field for field in fields if field["name"] not in mapped],
        needed=[field for field in fields if field["needed"]],
        date_orders=import_words.DATE_ORDERS,
        decimal_marks=import_words.DECIMAL_MARKS,
        problem=failures.problem_of(error) if error else None,
        reasons=[reason for reasons in forms.by_field(error.errors).values() for reason in reasons] if error else [],
    )


@blueprint.post(f"{PAGE}/<service>/<import_id>/columns")
@callers.needs("member")
def choose(service: str, import_id: str) -> Any:
    """Keep what was chosen for the columns, and begin the dry run unless they were only to be kept."""
    stored = _import(service, import_id)
    names = [column["name"] for column in stored["columns"]]
    mapping = {name: request.form.get(f"column-{at}") or None for at, name in enumerate(names)}
    constants = {
        name.removeprefix("constant-"): value.strip()
        for name, value in request.form.items()
        if name.startswith("constant-") and value.strip() and name.removeprefix("constant-") not in mapping.values()
    }
    choice = {"mapping": mapping, "constants": constants}
    choice |= {name: request.form.get(name) or None for name in ("dateOrder", "decimalMark")}
    version = request.form.get("version")
    try:
        stored = api_client.send(service, "PATCH", _path(import_id), choice, version=version) | {"version": None}
        if request.form.get("do") == "keep":
            return redirect(f"{PAGE}/{service}/{import_id}", 303)
        api_client.send(service, "POST", _path(import_id, "check"), {"limit": ROWS_AT_ONCE})
    except (Invalid, Conflict, Stale) as error:
        present = _import(service, import_id)
        typed = {} if isinstance(error, Stale) else choice
        return _columns(service, present | typed, error), error_responses.status_of(error)
    return redirect(f"{PAGE}/{service}/{import_id}", 303)


def _receipt(service: str, stored: Mapping[str, Any]) -> str:
    counts, tabs = stored["counts"], import_words.tabs(stored)
    chosen = request.args.get("outcome", "")
    if chosen not in {name for name, _, _ in tabs}:
        chosen = tabs[0][0] if tabs else ""
    only = {"stays": "true"} if chosen == "stays" else {"outcome": chosen} if chosen else {}
    rows = api_client.page(service, _path(stored["id"], "rows"), only)
    return render_template(
        "imports/receipt.html",
        stored=stored,
        here_path=f"{PAGE}/{service}/{stored['id']}",
        verb=VERBS.get(stored["state"]),
        tabs=tabs,
        outcome=chosen,
        rows=[row | {"href": import_words.address(stored["kind"], row)} for row in rows["items"]],
        to_write=counts.get("created", 0) + counts.get("updated", 0),
        **urls.paging(rows),
    )


@blueprint.post(f"{PAGE}/<service>/<import_id>/<any(check, run):verb>")
@callers.needs("member")
def go_on(service: str, import_id: str, verb: str) -> Any:
    """Check or import the next rows; none are imported by other columns than those that the person saw checked."""
    stored = _import(service, import_id)
    path, version = _path(stored["id"], verb), request.form.get("version")
    stored = api_client.send(service, "POST", path, {"limit": ROWS_AT_ONCE}, version=version)
    return _after(service, stored)


def _after(service: str, stored: Mapping[str, Any]) -> Response:
    """Back to the import, with what was done if it is done."""
    counts, message = stored["counts"], ""
    if stored["state"] == "done":
        message = f"{wording.many(counts.get('created', 0), 'row')} created, {counts.get('updated', 0):,} changed."
    elif stored["state"] == "undone":
        message = f"{wording.many(counts.get('undone', 0), 'row')} undone."
        message += f" {counts['stays']:,} of them could not be: see below why." if counts.get("stays") else ""
    return flash.redirect_to(f"{PAGE}/{service}/{stored['id']}", message)


@blueprint.get(f"{PAGE}/<service>/<import_id>/undo")
@callers.needs("member")
def ask_undo(service: str, import_id: str) -> Any:
    """The page that asks for confirmation before an import is undone."""
    stored = _import(service, import_id)
    created, updated = stored["counts"].get("created", 0), stored["counts"].get("updated", 0)
    will = [f"{wording.many(created, 'row')} that it created will be deleted"] if created else []
    will += [f"{wording.many(updated, 'row')} that it changed will be put back as before"] if updated else []
    question = Question(
        crumb=("Import", PAGE),
        title=f"Undo the import of “{stored['fileName'] or wording.words(stored['kind'])}”?",
        text=f"{', and '.join(will) or 'Nothing will be changed'}. A row that somebody has changed since, or that something"
        " belongs to, stays; it is named afterwards.",
        button=f"Undo {wording.many(created + updated, 'row')}",
        action=f"{PAGE}/{service}/{import_id}/undo",
        back=f"{PAGE}/{service}/{import_id}",
        danger=True,
        version=stored["version"],
    )
    return questions.render(question)


@blueprint.post(f"{PAGE}/<service>/<import_id>/undo")
@callers.needs("member")
def undo(service: str, import_id: str) -> Any:
    """Undo the next rows of the import."""
    stored = _import(service, import_id)
    version = request.form.get("version")
    done = api_client.send(service, "POST", _path(stored["id"], "undo"), {"limit": ROWS_AT_ONCE}, version=version)
    return _after(service, done)
