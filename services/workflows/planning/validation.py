"""Checks each item of a plan by itself, so that a bad one does not stop the good ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from jsonschema.exceptions import SchemaError

from services.workflows.definition import Item
from services.workflows.planning.ai_task_rules import NEXT_WORKFLOW
from shared.contracts.metadata import MetadataSchema
from shared.ground.json_types import JsonObject

PROCESSOR_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_ESTIMATE, LONGEST_NAME = 255, 5_000, 50, 100
COMPLEXITIES = ("simple", "moderate", "complex")
MOST_SUB_TASKS = 50
MOST_FAULTS = 10
"""The most faults of one item's metadata that are named."""

SCHEDULING: JsonObject = {
    "stage": {"type": "string"},
    "triggerDate": {"type": "string", "format": "date"},
    "conditions": {"type": "array", "items": {"type": "string"}},
}
"""The metadata that finalize itself reads, of the item that schedules the next workflow; what is missing is taken from
the draft."""

UNKNOWN_REGISTRY = "the executor has not said yet which processors it has; it will check this item itself"

Schemas = Mapping[str, Mapping[str, Any]]


class Checker:
    """Checks items against the processors' metadata schemas, `{name: schema}`, each compiled once, and against the keys
    of the stages that may be scheduled; any may if there are none."""

    def __init__(self, schemas: Schemas, stages: Sequence[str] = ()) -> None:
        self.schemas = schemas
        self._prepared: dict[str, MetadataSchema] = {}
        self.stages = stages

    def ai_task(self, item: Item) -> list[str]:
        """Every reason why this item cannot become an AI task; empty if it can."""
        return _shape(item) + self._processor(item)

    def csm_task(self, item: Item) -> list[str]:
        """Every reason why this item cannot become a CSM task; those of a sub-task name its number."""
        problems = _shape(item) + _due(item)
        subs = item.get("subTasks") or []
        if len(subs) > MOST_SUB_TASKS:
            problems.append(f"subTasks: more than {MOST_SUB_TASKS}")
        for number, sub in enumerate(subs, start=1):
            problems += [f"sub-task {number}: {problem}" for problem in _shape(sub) + _due(sub)]
        return problems

    def faults_of(self, items: Mapping[str, Item]) -> dict[str, list[str]]:
        """Why these items, by their place such as `aiTasks.0`, cannot become tasks: `{"aiTasks.0.field": [reasons]}`."""
        faults: dict[str, list[str]] = {}
        for place, item in items.items():
            for problem in self.ai_task(item) if place.startswith("aiTasks") else self.csm_task(item):
                field, _, reason = problem.partition(": ")
                faults.setdefault(f"{place}.{field}", []).append(reason)
        return faults

    def doubts(self, item: Item) -> list[str]:
        """Warnings about an AI item that may be created nevertheless."""
        return [] if self.schemas else [UNKNOWN_REGISTRY]

    def _processor(self, item: Item) -> list[str]:
        name = item.get("processor")
        if not isinstance(name, str) or len(name) > LONGEST_NAME or not PROCESSOR_NAME.fullmatch(name):
            return ["processor: a registered name is needed, never a path"]
        if not isinstance(item.get("metadata"), dict):
            return ["metadata: an object is needed"]
        return self._registered(name, item["metadata"]) or self._scheduled(name, item["metadata"])

    def _registered(self, name: str, metadata: JsonObject) -> list[str]:
        if not self.schemas:
            return []
        if name not in self.schemas:
            return [f"processor: there is none named {name}"]
        try:
            if name not in self._prepared:
                self._prepared[name] = MetadataSchema(self.schemas[name])
        except SchemaError as error:
            return [f"processor: the schema of {name} is itself not valid ({error.message[:200]})"]
        return _reasons_of(self._prepared[name].faults_of(metadata))

    def _scheduled(self, name: str, metadata: JsonObject) -> list[str]:
        if name != NEXT_WORKFLOW.processor:
            return []
        stage = {"stage": {"enum": list(self.stages)}} if self.stages else {}
        return _reasons_of(MetadataSchema({"properties": SCHEDULING | stage}).faults_of(metadata))


def _reasons_of(faults: Mapping[str, list[str]]) -> list[str]:
    return [f"{field}: {' '.join(reasons)}" for field, reasons in list(faults.items())[:MOST_FAULTS]]


def _shape(item: Item) -> list[str]:
    """The faults of the fields that all items share."""
    problems = []
    title = item.get("title")
    if not isinstance(title, str) or not title.strip():
        problems.append("title: it is missing")
    elif len(title) > LONGEST_TITLE:
        problems.append(f"title: longer than {LONGEST_TITLE} characters")
    if len(item.get("description") or "") > LONGEST_DESCRIPTION:
        problems.append(f"description: longer than {LONGEST_DESCRIPTION} characters")
    if len(item.get("estimatedCompletionTime") or "") > LONGEST_ESTIMATE:
        problems.append(f"estimatedCompletionTime: longer than {LONGEST_ESTIMATE} characters")
    if item.get("priority") not in (1, 2, 3, 4, 5):
        problems.append("priority: a whole number from 1 to 5 is needed")
    if item.get("complexity") not in COMPLEXITIES:
        problems.append(f"complexity: one of {', '.join(COMPLEXITIES)} is needed")
    return problems


def _due(item: Item) -> list[str]:
    due = item.get("dueDate")
    if due is None:
        return []
    try:
        date.fromisoformat(due)
    except (TypeError, ValueError):
        return ["dueDate: a date such as 2026-11-30 is needed"]
    return []
