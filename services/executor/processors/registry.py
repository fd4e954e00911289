"""The processors that this installation has, by name; a name is looked up here, and is never a path and never
imported."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema import Draft202012Validator, FormatChecker

from services.executor.processors.processor import Processor
from services.executor.providers import letters
from shared import clock

log = logging.getLogger(__name__)

GROUP = "tandem.processors"

UNKEPT = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")
"""In JSON: half of a character, or a NUL."""

STRICTER: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "email": (letters.is_address, "Not an e-mail address."),
    "line": (letters.is_line, "It breaks its line, or holds a control character."),
    "date-time": (clock.parse, "Not a moment with its offset, such as 2026-11-21T12:00:00Z."),
    "time-zone": (ZoneInfo, "Not a time zone, such as Europe/Berlin."),
}
"""What these formats mean in a metadata schema, beside those that jsonschema checks: what is falsy or raises is refused, so."""


class Registry:
    """Processors by name, each with the compiled check of its metadata."""

    def __init__(self, processors: Iterable[Processor]) -> None:
        self._processors = {processor.name: processor for processor in processors}
        self._checks = {
            processor.name: Draft202012Validator(processor.metadata_schema, format_checker=_formats())
            for processor in self._processors.values()
        }

    def __iter__(self) -> Iterator[Processor]:
        return iter(self._processors.values())

    def __getitem__(self, name: str) -> Processor:
        return self._processors[name]

    def get(self, name: str) -> Processor | None:
        """The processor of that name, or None."""
        return self._processors.get(name)

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._processors)

    def deadlines(self) -> dict[str, float]:
        """Seconds that one attempt may take, by processor."""
        return {processor.name: processor.deadline_seconds for processor in self}

    def faults_of(self, name: str, metadata: Any) -> dict[str, list[str]]:
        """Why this processor does not take this metadata: `{"metadata.field": [reasons]}`, empty when it does.
        KeyError for no such name."""
        if not _can_be_kept(metadata):
            return {"metadata": ["It holds a NUL or half of a character, which no column can."]}
        faults: dict[str, list[str]] = {}
        for error in self._checks[name].iter_errors(metadata):
            path = ".".join(["metadata", *(str(part) for part in error.absolute_path)])
            for field, reason in _fields_of(error, path):
                if reason not in faults.setdefault(field, []):
                    faults[field].append(reason)
        return faults


def load(*, rehearsal: bool, group: Iterable[EntryPoint] | None = None) -> Registry:
    """The registry of the installed entry points (or of `group`). One that does not load is left out with a line in the
    log: its tasks wait, and all others run."""
    found = [_loaded(entry) for entry in (entry_points(group=GROUP) if group is None else group)]
    return Registry(processor for processor in found if processor and (rehearsal or not processor.rehearsal))


def _loaded(entry: EntryPoint) -> Processor | None:
    try:
        processor = entry.load()
        if processor.name != entry.name:
            raise ValueError(f"the processor calls itself {processor.name!r}, and its entry point is {entry.name!r}")
    except Exception as error:  # whatever somebody's module raises while it is imported
        log.error(f"The processor {entry.name} is not loaded: {type(error).__name__}: {error}")
        return None
    return processor


def _can_be_kept(metadata: Any) -> bool:
    text = json.dumps(metadata, ensure_ascii=False)
    return not UNKEPT.search(text)


def _formats() -> FormatChecker:
    def strictly(check: Callable[[str], Any]) -> Callable[[object], bool]:
        return lambda told: not isinstance(told, str) or bool(check(told))

    checker = FormatChecker()
    for name, (check, _) in STRICTER.items():
        checker.checks(name, raises=(ValueError, OverflowError, OSError, ZoneInfoNotFoundError))(strictly(check))
    return checker


def _fields_of(error: Any, path: str) -> list[tuple[str, str]]:
    """A schema error with the field that it is about; JSON Schema blames a missing or an unknown property on its
    parent."""
    if error.validator == "required":
        return [(f"{path}.{name}", "Missing.") for name in error.validator_value if name not in error.instance]
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return [(f"{path}.{name}", "Unknown field.") for name in error.instance if name not in known]
    return [(path, _plain(error))]


def _plain(error: Any) -> str:
    """The reason without the value: that may be long, and is the caller's own."""
    wanted = error.validator_value
    reasons: Mapping[str, str] = {
        "type": f"Not of type {wanted}.",
        "format": STRICTER[wanted][1]
        if error.validator == "format" and wanted in STRICTER
        else f"Not a valid {wanted}.",
        "enum": f"Not one of {wanted}.",
        "maxLength": f"Longer than {wanted} characters.",
        "minLength": f"Shorter than {wanted} characters.",
        "maximum": f"More than {wanted}.",
        "minimum": f"Less than {wanted}.",
        "maxItems": f"More than {wanted} items.",
        "minItems": f"Fewer than {wanted} items.",
        "pattern": f"Does not match {wanted}.",
        "uniqueItems": "The same item twice.",
    }
    return reasons.get(error.validator, f"Does not satisfy {error.validator}.")
