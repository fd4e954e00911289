"""The plan as it takes effect: the timeline and the decisions that follow from the items that were not rejected."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

from services.workflows.definition import Item
from services.workflows.planning.ai_task_rules import NEXT_WORKFLOW
from shared.contracts.action_plans import ITEM_LISTS as LISTS
from shared.ground.json_types import JsonObject


def items(body: JsonObject, name: str, refused: Container[str] = ()) -> list[Item]:
    """The items of a list that are neither rejected nor among those that finalizing refused."""
    return [item for item in body[name] if item["decision"] != "rejected" and item["id"] not in refused]


def following(body: JsonObject) -> JsonObject | None:
    """The next workflow as the item that schedules it says; None where a person rejected that item."""
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
    """The date in the format of a plan; None for any value that is no date."""
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def timeline(body: JsonObject, refused: Container[str] = ()) -> list[JsonObject]:
    """`[{order, date, owner, action}]` by date: the AI tasks together, CSM tasks when due, what the customer does and what
    follows. Of the drafted timeline only the days and the customer's part count; the rest is of the items as they are."""
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
    """The key decisions as sentences: one that rests on an item goes with it, has the item's own title where a person
    changed that, and is a fact only once the item is among those `done`."""
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
