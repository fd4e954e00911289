"""Makes the fields of a record's form from a JSON Schema, and reads them back as the change of the record: an emptied field is null
(pure). `schema_forms` reads a whole object, without what is empty.

An object within the object has its fields in the same form, under names such as `details.percent`. What no field is made for
(objects of any shape, lists of objects) is typed as JSON. What was typed and cannot be read stays a text, which the service that
owns the schema then refuses, naming the field.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.monitor.pages import wording

Schema = Mapping[str, Any]

LONG_TEXT = 300
"""A text that may be longer than this is typed in a field of several lines."""


@dataclass(frozen=True)
class FormField:
    """A field of a form. `kind` is text, textarea, number, date, select, choice (several of `options`), checkbox, lines (one text a
    line) or json."""

    name: str
    label: str
    kind: str
    value: Any = None
    options: Sequence[tuple[str, str]] = ()
    required: bool = False
    hint: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The last part of its name, by which errors name it."""
        return self.name.rpartition(".")[2]


def fields_of(schema: Schema, values: Mapping[str, Any], prefix: str = "") -> list[FormField]:
    """The fields of a form for the properties of a schema, filled with `values`."""
    return list(_fields(schema, values or {}, prefix))


def _fields(schema: Schema, values: Mapping[str, Any], prefix: str) -> Iterator[FormField]:
    needed = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        value = values.get(name, inner.get("default"))
        if _is_object(inner):
            yield from _fields(inner, value or {}, f"{prefix}{name}.")
        elif "const" not in inner:
            yield _field(f"{prefix}{name}", name, inner, value, name in needed)


def _field(name: str, key: str, schema: Schema, value: Any, required: bool) -> FormField:
    kind = kind_of(schema)
    shown = value
    if kind == "lines":
        shown = "\n".join(map(str, value or ()))
    elif kind == "json":
        shown = "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
    options = _options(schema.get("items", {}) if kind == "choice" else schema)
    if kind == "select" and (not required or value in (None, "")):
        options = [("", "–"), *options]
    hint = schema.get("description", "") or ("One a line." if kind == "lines" else "")
    return FormField(
        name, schema.get("title") or wording.words(key), kind, shown, options, required, hint, _extra(schema, kind)
    )


def kind_of(schema: Schema) -> str:
    """The kind of field in which a value of this schema is typed."""
    types = _types(schema)
    if "enum" in schema or "oneOf" in schema:
        return "select"
    if "array" in types:
        items = schema.get("items", {})
        if "enum" in items or "oneOf" in items:
            return "choice"
        return "lines" if "string" in _types(items) else "json"
    if "boolean" in types:
        return "select" if "null" in types else "checkbox"
    if types & {"integer", "number"}:
        return "number"
    if "string" in types:
        if schema.get("format") in ("date", "date-time"):
            return "date" if schema["format"] == "date" else "text"
        return "textarea" if schema.get("maxLength", 0) > LONG_TEXT else "text"
    return "json"


def _types(schema: Schema) -> set[str]:
    types = schema.get("type", ())
    return {types} if isinstance(types, str) else set(types)


def _is_object(schema: Schema) -> bool:
    return "object" in _types(schema) and bool(schema.get("properties"))


def _options(schema: Schema) -> list[tuple[str, str]]:
    if "oneOf" in schema:
        return [(one["const"], one.get("title") or wording.words(one["const"])) for one in schema["oneOf"]]
    if "enum" in schema:
        return [(str(one), wording.words(str(one))) for one in schema["enum"] if one is not None]
    return [("true", "Yes"), ("false", "No")] if "boolean" in _types(schema) else []


def _extra(schema: Schema, kind: str) -> dict[str, str]:
    if kind == "number":
        return {"inputmode": "numeric" if "integer" in _types(schema) else "decimal"}
    return {"maxlength": str(schema["maxLength"])} if "maxLength" in schema else {}


def read(schema: Schema, form: Any, prefix: str = "") -> dict[str, Any]:
    """What was typed in the fields of a schema, as JSON. An empty field is null where null is allowed, an empty text where it is a
    text, and left out otherwise; so is a field that the form does not have."""
    values: dict[str, Any] = {}
    for name, inner in schema.get("properties", {}).items():
        full = f"{prefix}{name}"
        if _is_object(inner):
            within = read(inner, form, f"{full}.")
            if within or name in schema.get("required", ()):
                values[name] = within
        elif "const" in inner:
            values[name] = inner["const"]
        elif full in form or f"{full}:shown" in form:
            value = _typed(inner, form, full)
            if value is not _LEFT_OUT:
                values[name] = value
    return values


_LEFT_OUT = object()


def _typed(schema: Schema, form: Any, name: str) -> Any:
    kind = kind_of(schema)
    if kind == "checkbox":
        return name in form and form[name] == "true"
    if kind == "choice":
        return [value for value in form.getlist(name) if value]
    text = form.get(name, "").strip().replace("\r\n", "\n")
    if kind == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    if not text:
        types = _types(schema)
        return None if "null" in types else "" if "string" in types else _LEFT_OUT
    return _value(schema, kind, text)


def _value(schema: Schema, kind: str, text: str) -> Any:
    try:
        if kind == "number":
            return int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else _decimal(text)
        if kind == "json":
            return json.loads(text)
    except (ValueError, RecursionError):
        return text
    if "boolean" in _types(schema):
        return {"true": True, "false": False}.get(text, text)
    return text


def _decimal(text: str) -> float | str:
    number = float(text)
    return number if abs(number) < 1e15 else text


def as_words(schema: Schema, values: Mapping[str, Any]) -> dict[str, str]:
    """The values of the fields of a schema as people read them, by name, for what somebody else changed meanwhile."""
    return {one.name: _word(one) for one in _fields(schema, values, "")}


def _word(one: FormField) -> str:
    options = dict(one.options)
    if one.kind == "choice":
        return ", ".join(options.get(value, value) for value in one.value or ())
    if one.kind == "checkbox":
        return "yes" if one.value else "no"
    if one.kind == "date" and one.value:
        return wording.day(one.value)
    value = str(one.value).lower() if isinstance(one.value, bool) else one.value
    return "" if value in (None, "") else options.get(value, str(value))
