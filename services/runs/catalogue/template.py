"""The form of a template: named steps in an order, each with its action type and its config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.ground.json_types import JsonObject

Step = JsonObject
"""`{key, actionType, title, description, config}`, as templates are stored and sent."""


@dataclass(frozen=True)
class TemplateVersion:
    """One version of a template, built in or a tenant's own."""

    id: str
    number: int
    name: str
    description: str
    steps: list[Step]


def step(key: str, action_type: str, title: str, description: str, **config: Any) -> Step:
    """One step of a built-in template."""
    return {"key": key, "actionType": action_type, "title": title, "description": description, "config": config}
