"""Applies people's edits to the items of a plan, and keeps them in a new draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.workflows.definition import Item
from shared.contracts.action_plans import ITEM_LISTS as LISTS
from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject

MOST_ITEMS = 1_000
CONTENT = frozenset(
    [
        "title",
        "description",
        "priority",
        "estimatedCompletionTime",
        "complexity",
        "processor",
        "metadata",
        "dueDate",
        "owner",
        "subTasks",
    ]
)
"""The fields that mark an item as edited when an edit gives them, even unchanged; a decision alone does not."""

BLANK: Item = {
    "key": None,
    "title": "",
    "description": "",
    "priority": 3,
    "estimatedCompletionTime": None,
    "complexity": "simple",
    "evidence": [],
    "decision": "proposed",
    "reason": None,
}

WORK = ("processor", "metadata")
"""The fields of an AI item that say what it will do; an approval counts for what they were."""


@dataclass(frozen=True)
class Editor:
    """Who edits or decides, and when."""

    id: str
    name: str
    at: str

    def stamp(self, verb: str) -> JsonObject:
        """The fields that keep it in the item: `editedBy` and `editedAt`, `decidedBy` and `decidedAt`."""
        return {f"{verb}By": {"id": self.id, "name": self.name}, f"{verb}At": self.at}


UNDECIDED: JsonObject = {"decision": "proposed", "reason": None, "decidedBy": None, "decidedAt": None}


def applied(body: JsonObject, edits: dict[str, list[Item]], new_id: Callable[[], str], editor: Editor) -> JsonObject:
    """The plan with these edits. Each entry names its item by id; one without an id is a new item.

    Invalid names an id that the plan does not have, or a list that would grow too long.
    """
    return body | {name: _items(name, body[name], edits.get(name, []), new_id, editor) for name in LISTS}


def _items(name: str, items: list[Item], edits: list[Item], new_id: Callable[[], str], editor: Editor) -> list[Item]:
    by_id = {item["id"]: item for item in items}
    for number, change in enumerate(edits):
        if change.get("id") is not None and change["id"] not in by_id:
            raise Invalid("The plan has no such item.", errors={f"{name}.{number}.id": ["The plan has no such item."]})
        item_id = change.get("id") or new_id()
        before = by_id.get(item_id) or BLANK | ({"subTasks": []} if name == "csmTasks" else {})
        by_id[item_id] = _changed(before, change, new_id, editor) | {"id": item_id}
    if len(by_id) > MOST_ITEMS:
        raise Invalid("The plan has too many items.", errors={name: [f"At most {MOST_ITEMS} items."]})
    return list(by_id.values())


def _changed(before: Item, change: Item, new_id: Callable[[], str], editor: Editor) -> Item:
    after = before | change
    if CONTENT & set(change):
        after |= {"edited": True} | editor.stamp("edited")
    if "subTasks" in change:
        after["subTasks"] = [_sub_task(sub, before, new_id) for sub in change["subTasks"]]
    return after | _decision(before, change, editor)


def _decision(before: Item, change: Item, editor: Editor) -> JsonObject:
    """The fields of the decision: taken back by `proposed`, and when what was approved is to do something else."""
    does_other = any(name in change and change[name] != before.get(name) for name in WORK)
    decision = change.get("decision") or ("proposed" if does_other and before["decision"] == "approved" else None)
    if decision is None:
        return {}
    return UNDECIDED if decision == "proposed" else editor.stamp("decided")


def named(before: JsonObject, after: JsonObject, edits: dict[str, list[Item]]) -> dict[str, Item]:
    """The items that the entries of the edits came to, by the path of the entry, such as `aiTasks.0`; without those
    that were rejected."""
    items: dict[str, Item] = {}
    for name in LISTS:
        by_id = {item["id"]: item for item in after[name]}
        added = iter(after[name][len(before[name]) :])
        for number, change in enumerate(edits.get(name, [])):
            items[f"{name}.{number}"] = by_id[change["id"]] if change.get("id") else next(added)
    return {path: item for path, item in items.items() if item["decision"] != "rejected"}


def _sub_task(sub: Item, parent: Item, new_id: Callable[[], str]) -> Item:
    before = next((item for item in parent.get("subTasks") or [] if item["id"] == sub.get("id")), None)
    if before is not None:
        return before | sub
    blank = {name: BLANK[name] for name in ("title", "description", "estimatedCompletionTime", "complexity")}
    return blank | {"priority": parent["priority"], "dueDate": None} | sub | {"id": new_id()}


def with_edited(before: JsonObject, drafted: JsonObject) -> JsonObject:
    """The new draft, in which items that people edited, decided on or added stay as they were."""
    return drafted | {name: _with_edited(before[name], drafted[name]) for name in LISTS}


def _with_edited(before: list[Item], drafted: list[Item]) -> list[Item]:
    touched = {item["id"]: item for item in before if item.get("edited") or item["decision"] != "proposed"}
    fresh = [touched.pop(item["id"], item) for item in drafted]
    return fresh + list(touched.values())


def summary(edits: dict[str, list[Item]]) -> dict[str, list[Item]]:
    """The id (None for an added item), the decision and its reason of each edited item, for the audit trail."""
    return {
        name: [{field: item.get(field) for field in ("id", "decision", "reason")} for item in edits[name]]
        for name in LISTS
        if edits.get(name)
    }
