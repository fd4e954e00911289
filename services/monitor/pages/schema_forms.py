"""Makes the fields of a form from the JSON Schema of an object (pure); `typed_values` reads what is typed into them.

A field's name is its path in the object, after the name of the object itself if it has one: `details.percent`, and
`metadata.to.0.email` in a list of objects. What no field is made for is typed as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.monitor.pages import forms, wording
from shared.contracts.references import PERSON

LONGEST_LINE = 300
"""A text that may be longer than this is typed in a field of several lines."""

CUSTOMER = "customer"
"""The format of a text that is the name of a customer."""

TIME_ZONE = "time-zone"
"""The format of a text that is a time zone."""

BLANK_ROWS = 1
"""How many empty rows a list of objects ends with, for new ones."""

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of a form.

    `kind` is line, text, number, date, flag, choice (one of `choices`), person (the same), several (of them), customer,
    time-zone, lines (a list, one entry a line), json, or group: the heading of the fields under it.
    """

    name: str
    label: str
    kind: str
    value: Any = ""
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_words(self) -> str:
        """Its value as people read it."""
        words = dict(self.choices)
        if self.kind == "several":
            return ", ".join(words.get(value, value) for value in self.value)
        if self.kind == "flag":
            return "yes" if self.value else "no"
        if self.kind == "date" and self.value:
            return forms.as_day(self.value)
        return words.get(self.value, self.value) if self.value else ""


def fields(schema: Schema, values: Any, name: str = "", *, people: Mapping[str, str] | None = None) -> list[Field]:
    """The fields for this object, in the order of its schema; those of objects inside it follow their heading. `people`
    are the names by id among which a person is chosen."""
    return [
        replace(found, choices=[*found.choices, *(people or {}).items()]) if found.kind == PERSON else found
        for found in _fields(schema, values, name, required=True)
    ]


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


def changed_since(saved: Sequence[Field], typed: Sequence[Field]) -> dict[str, str]:
    """The present value, in words, of each field that is not what was typed."""
    mine = {field.name: field.in_words for field in typed}
    return {
        field.name: field.in_words or "nothing"
        for field in saved
        if field.kind != "group" and field.in_words != mine.get(field.name, "")
    }


def path_of(name: str, key: object) -> str:
    """The name of the field of a property."""
    return f"{name}.{key}" if name else str(key)


def kind_of(schema: Schema) -> str:
    """The kind of field in which a value of this schema is typed; `rows` for a list of objects."""
    types = types_of(schema)
    if "enum" in schema or "oneOf" in schema or types >= {"boolean", "null"}:
        return "choice"
    if "object" in types and schema.get("properties"):
        return "group"
    if "array" in types:
        of_items = kind_of(schema.get("items", {}))
        return {"group": "rows", "line": "lines", "number": "lines", "choice": "several"}.get(of_items, "json")
    if "boolean" in types:
        return "flag"
    if types & {"integer", "number"}:
        return "number"
    if "string" in types:
        return _text_kind(schema)
    return "json"


def types_of(schema: Schema) -> set[str]:
    """The JSON types that a schema allows."""
    types = schema.get("type", ())
    return {types} if isinstance(types, str) else set(types)


def choices_of(schema: Schema) -> list[tuple[Any, str]]:
    """The values among which one is chosen, with their words."""
    if "oneOf" in schema:
        return [(option["const"], option.get("title") or wording.words(option["const"])) for option in schema["oneOf"]]
    if "enum" in schema:
        return [(value, wording.words(str(value))) for value in schema["enum"] if value is not None]
    return [(True, "Yes"), (False, "No")] if "boolean" in types_of(schema) else []


def as_text(value: Any) -> str:
    """A value of a field of one line, as its form sends it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _fields(schema: Schema, value: Any, name: str, label: str = "", required: bool = False) -> Iterator[Field]:
    kind, label = kind_of(schema), schema.get("title", label)
    if kind == "group":
        if label:
            yield Field(name, label, "group", hint=schema.get("description", ""))
        inside = value if isinstance(value, Mapping) else {}
        yield from _properties(schema, inside, name, required or bool(inside))
    elif kind == "rows":
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        hint = schema.get("description", "Empty what is not wanted; the last row is for another.")
        yield Field(name, label, "group", hint=hint)
        for place, row in enumerate([*rows, *[{}] * BLANK_ROWS]):
            yield from _properties(schema["items"], row, path_of(name, place), place < len(rows))
    else:
        yield _field(schema, kind, value, name, label, required)


def _properties(schema: Schema, values: Mapping[str, Any], name: str, required: bool) -> Iterator[Field]:
    for key, inner in schema["properties"].items():
        needed = required and key in schema.get("required", ())
        yield from _fields(inner, values.get(key), path_of(name, key), wording.words(key), needed)


def _field(schema: Schema, kind: str, value: Any, name: str, label: str, required: bool) -> Field:
    shown = _shown(kind, value)
    choices = [
        (as_text(key), word) for key, word in choices_of(schema.get("items", {}) if kind == "several" else schema)
    ]
    if kind in ("choice", PERSON) and not (required and shown):
        choices = [("", "–"), *choices]
    hint = schema.get("description", "One a line." if kind == "lines" else "")
    return Field(name, label, kind, shown, required, choices, hint, _attributes(schema, kind))


def _text_kind(schema: Schema) -> str:
    if schema.get("format") in (PERSON, CUSTOMER, TIME_ZONE, "date"):
        return str(schema["format"])
    return "text" if schema.get("maxLength", LONGEST_LINE) > LONGEST_LINE else "line"


def _shown(kind: str, value: Any) -> Any:
    if kind == "flag":
        return bool(value)
    if kind == "several":
        return value if isinstance(value, list) else []
    if kind == "json":
        return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
    if kind == "lines" and isinstance(value, list):
        return "\n".join(str(entry) for entry in value)
    return as_text(value)


def _attributes(schema: Schema, kind: str) -> dict[str, str]:
    if kind == "number":
        return {"inputmode": "numeric" if "integer" in types_of(schema) else "decimal"}
    rows = {"text": "6", "lines": "4", "json": "4"}.get(kind)
    longest = schema.get("maxLength") if kind in ("line", "text") else None
    return ({"rows": rows} if rows else {}) | ({"maxlength": str(longest)} if longest else {})
