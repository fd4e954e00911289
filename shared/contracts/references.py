"""Finds the people in an AI task's metadata: the fields with the format `person` in the processor's schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PERSON = "person"
"""The `format` of a field that holds a person's id."""


def people_in(schema: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, str]:
    """The ids of the people in this metadata, by field name."""
    fields = [name for name, field in schema.get("properties", {}).items() if field.get("format") == PERSON]
    return {name: metadata[name] for name in fields if isinstance(metadata.get(name), str)}
