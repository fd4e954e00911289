"""The effective plan: the timeline, the decisions and the next workflow that follow from the items that were not
rejected."""

from __future__ import annotations

from collections.abc import Container, Sequence

from services.workflows.definition import Item
from services.workflows.facts.customer import ContactFacts
from services.workflows.planning.ai_task_rules import NEXT_WORKFLOW, of_processor
from shared.contracts.action_plans import ITEM_LISTS as LISTS
from shared.ground.json_types import JsonObject

SCHEDULED = (("stage", "stage"), ("estimatedDate", "triggerDate"), ("conditions", "conditions"))
"""The fields of the next workflow, each with that of its scheduling item's metadata."""


def items(body: JsonObject, name: str, refused: Container[str] = ()) -> list[Item]:
    """The items of a list that were neither rejected by a person nor refused by finalize."""
    return [item for item in body[name] if item["decision"] != "rejected" and item["id"] not in refused]


def scheduling(body: JsonObject) -> list[Item]:
    """The items that schedule the next workflow, without those that a person rejected."""
    return [item for item in items(body, "aiTasks") if _schedules(item)]


def following(body: JsonObject, refused: Container[str] = ()) -> JsonObject | None:
    """The next workflow as its first scheduling item says that was not refused, else as drafted. None if none was
    drafted, or a person rejected the item."""
    drafted: JsonObject | None = body["nextWorkflow"]
    wanted = scheduling(body)
    if drafted is None or (not wanted and any(_schedules(item) for item in body["aiTasks"])):
        return None
    made = next((item for item in wanted if item["id"] not in refused), None)
    if made is None:
        return drafted
    return drafted | {ours: made["metadata"][its] for ours, its in SCHEDULED if its in made["metadata"]}


def _schedules(item: Item) -> bool:
    return item.get("processor") == NEXT_WORKFLOW.processor


def with_changes(items: Sequence[Item], contacts: Sequence[ContactFacts]) -> list[Item]:
    """AI items with what each would change, as far as the customer's contacts tell."""
    return [item | {"changes": _preview(item, contacts)} for item in items]


def _preview(item: Item, contacts: Sequence[ContactFacts]) -> list[JsonObject]:
    rule, metadata = of_processor(item.get("processor")), item.get("metadata")
    return rule.preview(metadata, contacts) if rule and isinstance(metadata, dict) else []


def timeline(body: JsonObject, next_one: JsonObject | None, refused: Container[str] = ()) -> list[JsonObject]:
    """`[{order, date, owner, action}]` by date: the AI tasks together, CSM tasks when due, the customer's step and the
    next workflow. From the drafted timeline only the customer's entries are used, and the AI tasks' day where the
    draft has no `startsOn`."""
    drafted = body["timeline"]
    entries = [(entry["date"], "Customer", entry["action"]) for entry in drafted if entry["owner"] == "Customer"]
    ai_tasks = len(items(body, "aiTasks", refused))
    starts_on = body.get("startsOn") or (drafted[0]["date"] if drafted else None)
    if ai_tasks and starts_on:
        words = f"{ai_tasks} AI task{'' if ai_tasks == 1 else 's'} run by themselves"
        entries.insert(0, (starts_on, "AI", words))
    due = [item for item in items(body, "csmTasks", refused) if item.get("dueDate")]
    entries += [(item["dueDate"], "CSM", item["title"]) for item in due]
    if next_one:
        entries.append((next_one["estimatedDate"], "AI", f"{next_one['name']} workflow starts"))
    return numbered(entries)


def numbered(entries: list[tuple[str, str, str]]) -> list[JsonObject]:
    """Entries of (date, owner, action) in the order of their dates."""
    ordered = sorted(entries, key=lambda entry: entry[0])
    return [
        {"order": order, "date": day, "owner": owner, "action": action}
        for order, (day, owner, action) in enumerate(ordered, start=1)
    ]


def decisions(body: JsonObject, done: Container[str] = (), refused: Container[str] = ()) -> list[str]:
    """The key decisions as sentences. A decision about an item is left out with it, follows the item's metadata or
    title if a person edited it, and may become a fact when the item is among `done`."""
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
    planned, fact = _by_metadata(item) or (decision["text"], decision.get("done"))
    if item["id"] in done and fact:
        return str(fact)
    if item.get("edited") and decision.get("titled"):
        return f"{decision['titled']} {item['title']}"
    return str(planned)


def _by_metadata(item: Item) -> tuple[str, str] | None:
    """The decision that the metadata of an edited AI item stands for, as it is planned and as a fact."""
    rule = of_processor(item.get("processor"))
    if not item.get("edited") or rule is None or rule.decides is None or not isinstance(item.get("metadata"), dict):
        return None
    return rule.decides(item["metadata"])
