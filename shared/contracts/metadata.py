"""Checks the metadata of an AI task against its processor's schema: JSON Schema 2020-12, the same in every context.

Numbers must be written as the type that the schema names, and the formats that processors use are checked strictly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema import Draft202012Validator, FormatChecker, validators

from shared.contracts import email_addresses
from shared.ground import clock

UNSTORABLE = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")
"""Text in JSON that cannot be stored: half of a surrogate pair, or a NUL."""

FORMATS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "email": (email_addresses.is_address, email_addresses.NO_ADDRESS),
    "line": (email_addresses.is_header_text, "It breaks its line, or holds a control character."),
    "date-time": (clock.parse, "Not a moment with its offset, such as 2026-11-21T12:00:00Z."),
    "time-zone": (ZoneInfo, "Not a time zone, such as Europe/Berlin."),
}
"""Extra JSON-Schema formats: `(check, message)`. A value is refused when the check returns a falsy value or raises."""


def _is_whole(_: Any, value: Any) -> bool:
    """Whether the value is an int: JSON Schema also accepts 1.0 as an integer, which our code could not use as one."""
    return isinstance(value, int) and not isinstance(value, bool)


def _formats() -> FormatChecker:
    def strictly(check: Callable[[str], Any]) -> Callable[[object], bool]:
        return lambda value: not isinstance(value, str) or bool(check(value))

    checker = FormatChecker()
    for name, (check, _) in FORMATS.items():
        checker.checks(name, raises=(ValueError, OverflowError, OSError, ZoneInfoNotFoundError))(strictly(check))
    return checker


_Validator = validators.extend(
    Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole)
)


class MetadataSchema:
    """The compiled schema of one processor's metadata. SchemaError when the schema itself is invalid."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        Draft202012Validator.check_schema(schema)
        self._validator = _Validator(schema, format_checker=_formats())

    def faults_of(self, metadata: Any) -> dict[str, list[str]]:
        """Why this metadata does not fit: `{"metadata.field": [reasons]}`, empty when it does."""
        if UNSTORABLE.search(json.dumps(metadata, ensure_ascii=False)):
            return {"metadata": ["It holds a NUL or half of a character, which no column can."]}
        faults: dict[str, list[str]] = {}
        for error in self._validator.iter_errors(metadata):
            path = ".".join(["metadata", *(str(step) for step in error.absolute_path)])
            for field, reason in _fields_of(error, path):
                if reason not in faults.setdefault(field, []):
                    faults[field].append(reason)
        return faults


def _fields_of(error: Any, path: str) -> list[tuple[str, str]]:
    """The fields that a schema error is about; JSON Schema reports a missing or unknown property at its parent."""
    if error.validator == "required":
        return [(f"{path}.{name}", "Missing.") for name in error.validator_value if name not in error.instance]
    if error.validator == "additionalProperties":
        properties = error.schema.get("properties", {})
        return [(f"{path}.{name}", "Unknown field.") for name in error.instance if name not in properties]
    return [(path, _reason(error))]


def _reason(error: Any) -> str:
    """The reason without the value, which may be long and is known to the caller."""
    limit = error.validator_value
    reasons: Mapping[str, str] = {
        "type": f"Not of type {limit}.",
        "format": FORMATS[limit][1] if error.validator == "format" and limit in FORMATS else f"Not a valid {limit}.",
        "enum": f"Not one of {limit}.",
        "maxLength": f"Longer than {limit} characters.",
        "minLength": f"Shorter than {limit} characters.",
        "maximum": f"More than {limit}.",
        "minimum": f"Less than {limit}.",
        "maxItems": f"More than {limit} items.",
        "minItems": f"Fewer than {limit} items.",
        "pattern": f"Does not match {limit}.",
        "uniqueItems": "The same item twice.",
    }
    return reasons.get(error.validator, f"Does not satisfy {error.validator}.")
