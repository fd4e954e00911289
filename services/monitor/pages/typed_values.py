"""Reads what was typed into the fields that `schema_forms` makes: a whole object, or the change of a record (pure).

Nothing is checked here: a text that is no number stays one, and the owning service refuses it by the same schema, at
the same path.
"""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from services.monitor.pages import time_zones
from services.monitor.pages.schema_forms import TIME_ZONE, Schema, as_text, choices_of, kind_of, path_of, types_of
from shared.ground import strict_json
from shared.ground.errors import Invalid

MOST_DIGITS = 15
Form = MultiDict[str, str]


def whole(schema: Schema, form: Form, name: str = "") -> Any:
    """The object that was typed. Empty fields are left out, and rows of a list in which nothing is typed."""
    kind = kind_of(schema)
    if kind == "rows":
        return _rows(schema, form, name)
    if kind != "group":
        return _value(schema, kind, form, name)
    return {
        key: value
        for key, inner in schema["properties"].items()
        if not _is_nothing(value := whole(inner, form, path_of(name, key)), key, schema)
    }


def change(schema: Schema, form: Form, name: str = "") -> dict[str, Any]:
    """The change of a record: an emptied field is null where that is allowed, else an empty text or list, and left out
    where it can be neither; so is a field that the form does not have."""
    values: dict[str, Any] = {}
    for key, inner in schema["properties"].items():
        path, kind = path_of(name, key), kind_of(inner)
        if not _has(form, path):
            continue
        if kind == "group":
            values[key] = change(inner, form, path)
        elif kind == "rows":
            values[key] = _rows(inner, form, path)
        elif (value := _value(inner, kind, form, path)) is not None or "null" in types_of(inner):
            values[key] = value
        elif "string" in types_of(inner):
            values[key] = ""
    return values


def given(schema: Schema, form: Form) -> dict[str, Any]:
    """The record that was typed, without what was left empty."""
    return {name: value for name, value in change(schema, form).items() if value not in (None, "")}


def _has(form: Form, path: str) -> bool:
    """Whether the form has a field for this path. One that sends nothing when it is not ticked says that it is shown."""
    return any(sent in (path, f"{path}:shown") or sent.startswith(f"{path}.") for sent in form)


def _rows(schema: Schema, form: Form, name: str) -> list[dict[str, Any]]:
    rows = [whole(schema["items"], form, path_of(name, place)) for place in range(_rows_in(form, name))]
    return [row for row in rows if any(not isinstance(value, bool) for value in row.values())]


def _rows_in(form: Form, name: str) -> int:
    places = [sent[len(name) + 1 :].partition(".")[0] for sent in form if sent.startswith(f"{name}.")]
    return max(
        (int(place) + 1 for place in places if place.isascii() and place.isdigit() and len(place) < 4), default=0
    )


def _value(schema: Schema, kind: str, form: Form, name: str) -> Any:
    """What was typed into one field; None for nothing."""
    if kind == "several":
        return [value for value in form.getlist(name) if value]
    text = form.get(name, "").strip().replace("\r\n", "\n")
    if kind == "flag":
        return bool(text)
    if kind == "lines":
        numbers = kind_of(schema["items"]) == "number"
        entries = [entry.strip() for entry in text.split("\n") if entry.strip()]
        return [_number(schema["items"], entry) if numbers else entry for entry in entries]
    if not text:
        return None
    if kind == TIME_ZONE:
        return time_zones.read(text)
    if kind == "number":
        return _number(schema, text)
    if kind == "choice":
        return next((value for value, _ in choices_of(schema) if as_text(value) == text), text)
    return _json(text) if kind == "json" else text


def _number(schema: Schema, text: str) -> int | float | str:
    if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    try:
        number = text if "number" not in types_of(schema) else float(text)
    except ValueError:
        return text
    return number if isinstance(number, str) or abs(number) < 10**MOST_DIGITS else text


def _json(text: str) -> Any:
    try:
        return strict_json.loads(text)
    except (ValueError, Invalid):
        return text


def _is_nothing(value: Any, key: str, schema: Schema) -> bool:
    """Whether an object is without this value: none, or an empty list or object that it may lack."""
    return value is None or (value in ([], {}) and key not in schema.get("required", ()))
