"""Shows a JSON object as a form by its JSON Schema, and reads it back.

A field's name is its path in the object, after the name of the object itself: `metadata.newContact.name`, and
`metadata.to.0.email` in a list of objects. What a form cannot show is edited as JSON. Nothing is checked here: a
text that is no number stays one, and the owning service refuses it by the same schema, at the same path.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.monitor.pages import forms, wording
from shared.contracts.references import PERSON
from shared.ground import strict_json
from shared.ground.errors import Invalid

LONGEST_LINE = 255
BLANK_ROWS = 1
"""How many empty rows a list of objects ends with, for new ones."""

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of the form. `kind` is line, text, number, date, flag, choice, person, lines (a list, one entry a
    line), json, or group: the heading of the fields under it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    longest: int | None = None


def fields(schema: Schema, values: Any, name: str) -> list[Field]:
    """The fields for this object, in the order of its schema; those of objects inside it follow their heading."""
    return list(_fields(schema, values, name, required=True))


def placed(errors: Mapping[str, Sequence[str]], shown: Sequence[Field]) -> dict[str, list[str]]:
    """Errors by the field that shows them: that of their path, or the nearest above it, such as a whole list."""
    names = {field.name for field in shown}
    found: dict[str, list[str]] = {}
    for path, reasons in errors.items():
        name = path
        while name not in names and "." in name:
            name = name.rpartition(".")[0]
        found.setdefault(name if name in names else path, []).extend(reasons)
    return found


def read(schema: Schema, form: Mapping[str, str], name: str) -> Any:
    """The object that was typed. Empty fields are left out, and rows of a list in which nothing is typed."""
    kind = _kind(schema)
    if kind == "group":
        return {
            key: value
            for key, inner in schema["properties"].items()
            if not _is_nothing(value := read(inner, form, f"{name}.{key}"), key, schema)
        }
    if kind == "rows":
        rows = [read(schema["items"], form, f"{name}.{place}") for place in range(_rows_in(form, name))]
        return [row for row in rows if any(not isinstance(value, bool) for value in row.values())]
    text = form.get(name, "").strip().replace("\r\n", "\n")
    return _value(schema, kind, text)


def _fields(schema: Schema, value: Any, name: str, label: str = "", required: bool = False) -> Iterator[Field]:
    kind, label, hint = _kind(schema), schema.get("title") or label, schema.get("description", "")
    if kind == "group":
        if label:
            yield Field(name, label, "group", hint=hint)
        inside = value if isinstance(value, Mapping) else {}
        for key, inner in schema["properties"].items():
            needed = (required or bool(inside)) and key in schema.get("required", ())
            yield from _fields(inner, inside.get(key), f"{name}.{key}", wording.words(key), needed)
    elif kind == "rows":
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        yield Field(name, label, "group", hint=hint or "Empty what is not wanted; the last row is for another.")
        for place, row in enumerate([*rows, *[{}] * BLANK_ROWS]):
            for key, inner in schema["items"]["properties"].items():
                needed = key in schema["items"].get("required", ()) and place < len(rows)
                yield from _fields(inner, row.get(key), f"{name}.{place}.{key}", wording.words(key), needed)
    else:
        longest = schema.get("maxLength")
        hint = hint or ("One a line." if kind == "lines" else "")
        yield Field(name, label, kind, _shown(kind, value), required, _choices(schema), hint, longest)


def _kind(schema: Schema) -> str:
    types = _types(schema)
    if "enum" in schema:
        return "choice"
    if "object" in types and schema.get("properties"):
        return "group"
    if "array" in types:
        items = schema.get("items", {})
        return {"group": "rows", "line": "lines", "number": "lines"}.get(_kind(items), "json")
    if "boolean" in types:
        return "flag"
    if types & {"integer", "number"}:
        return "number"
    if "string" in types:
        return _text_kind(schema)
    return "json"


def _text_kind(schema: Schema) -> str:
    if schema.get("format") in (PERSON, "date"):
        return str(schema["format"])
    return "text" if schema.get("maxLength", LONGEST_LINE) > LONGEST_LINE else "line"


def _types(schema: Schema) -> set[str]:
    types = schema.get("type", ())
    return {types} if isinstance(types, str) else set(types)


def _choices(schema: Schema) -> list[tuple[str, str]]:
    return [(str(choice), wording.words(str(choice))) for choice in schema.get("enum", ()) if choice is not None]


def _shown(kind: str, value: Any) -> Any:
    if kind == "flag":
        return bool(value)
    if kind == "json":
        return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
    if kind == "lines" and isinstance(value, list):
        return "\n".join(str(entry) for entry in value)
    return "" if value is None else str(value)


def _value(schema: Schema, kind: str, text: str) -> Any:
    if kind == "flag":
        return bool(text)
    if kind == "number":
        return _number(schema, text)
    if kind == "lines":
        numbers = _kind(schema["items"]) == "number"
        entries = [entry.strip() for entry in text.split("\n") if entry.strip()]
        return [_number(schema["items"], entry) if numbers else entry for entry in entries]
    if kind == "choice":
        return next((choice for choice in schema["enum"] if str(choice) == text), text or None)
    if kind == "json" and text:
        try:
            return strict_json.loads(text)
        except (ValueError, Invalid):
            return text
    return text or None


def _number(schema: Schema, text: str) -> Any:
    if "integer" in _types(schema):
        return forms.number(text)
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _is_nothing(value: Any, key: str, schema: Schema) -> bool:
    """Whether an object is without this value: none, or an empty list or object that it may lack."""
    return value is None or (value in ([], {}) and key not in schema.get("required", ()))


def _rows_in(form: Mapping[str, str], name: str) -> int:
    places = [key[len(name) + 1 :].partition(".")[0] for key in form if key.startswith(f"{name}.")]
    return max(
        (int(place) + 1 for place in places if place.isascii() and place.isdigit() and len(place) < 4), default=0
    )
