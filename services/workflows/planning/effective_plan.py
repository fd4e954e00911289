"""The effective plan: the timeline, the decisions and the next workflow that follow from the items that were not
rejected."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

from services.workflows.definition import Item
from services.workflows.planning.ai_task_rules import NEXT_WORKFLOW
from shared.contracts.action_plans import ITEM_LISTS as LISTS
from shared.ground.json_types import JsonObject


def items(body: JsonObject, name: str, refused: Container[str] = ()) -> list[Item]:
    """The items of a list that were neither rejected by a person nor refused by finalize."""
    return [item for item in body[name] if item["decision"] != "rejected" and item["id"] not in refused]


def following(body: JsonObject) -> JsonObject | None:
    """The drafted next workflow on the date of its scheduling item; None if there is none, or a person rejected the
    item."""
    drafted = body["nextWorkflow"]
    every = [item for item in body["aiTasks"] if item.get("processor") == NEXT_WORKFLOW.processor]
    if drafted is None or not every:
        return drafted
    scheduling = next((item for item in items(body, "aiTasks") if item in every), None)
    if scheduling is None:
        return None
    return drafted | {
        "estimatedDate": _date((scheduling.get("metadata") or {}).get("triggerDate")) or drafted["estimatedDate"]
    }


def _date(value: Any) -> str | None:
    """The date as a plan writes it; None if the value is not a date."""
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def timeline(body: JsonObject, refused: Container[str] = ()) -> list[JsonObject]:
    """`[{order, date, owner, action}]` by date: the AI tasks together, CSM tasks when due, the customer's step and the
    next workflow. From the drafted timeline only the AI tasks' day and the customer's entries are used."""
    drafted = body["timeline"]
    entries = [(entry["date"], "Customer", entry["action"]) for entry in drafted if entry["owner"] == "Customer"]
    ai_tasks = len(items(body, "aiTasks", refused))
    if ai_tasks and drafted:
        entries.insert(0, (drafted[0]["date"], "AI", by_themselves(ai_tasks)))
    due = [item for item in items(body, "csmTasks", refused) if item.get("dueDate")]
    entries += [(item["dueDate"], "CSM", item["title"]) for item in due]
    if next_one := following(body):
        entries.append((next_one["estimatedDate"], "AI", starts(next_one)))
    return numbered(entries)


def by_themselves(count: int) -> str:
    """The entry of the timeline for this number of AI tasks."""
    return f"{count} AI task{'' if count == 1 else 's'} run by themselves"


def starts(next_one: JsonObject) -> str:
    """The entry of the timeline for the next workflow."""
    return f"{next_one['name']} workflow starts"


def numbered(entries: list[tuple[str, str, str]]) -> list[JsonObject]:
    """Entries of (date, owner, action) in the order of their dates."""
    ordered = sorted(entries, key=lambda entry: entry[0])
    return [
        {"order": order, "date": day, "owner": owner, "action": action}
        for order, (day, owner, action) in enumerate(ordered, start=1)
    ]


def decisions(body: JsonObject, done: Container[str] = (), refused: Container[str] = ()) -> list[str]:
    """The key decisions as sentences. A decision about an item is left out with it, may name the item's title if a
    person edited the item, and may become a fact when the item is among `done`."""
    summary = body["summary"]
    if "decisions" not in summary:
        return list(summary["keyDecisions"])
    kept = {item["id"]: item for name in LISTS for item in items(body, name, refused)}
    every = {item["id"] for name in LISTS for item in body[name]}
    remaining = [
        decision for decision in summary["decisions"] if decision["item"] in kept or decision["item"] not in every
    ]
    return [_sentence(decision, kept.get(decision["item"]), done) for decision in remaining]


def _sentence(decision: JsonObject, item: Item | None, done: Container[str]) -> str:
    if item is None:
        return str(decision["text"])
    if item["id"] in done and decision.get("done"):
        return str(decision["done"])
    if item.get("edited") and decision.get("titled"):
        return f"{decision['titled']} {item['title']}"
    return str(decision["text"])
