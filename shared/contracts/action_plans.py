"""Action plans of workflow executions: their lists of items, and what a person changes of an item."""

from __future__ import annotations

ITEM_LISTS = ("aiTasks", "csmTasks")
DECISIONS = ("proposed", "approved", "rejected")
TYPED_ITEM_FIELDS = ("title", "description", "dueDate")
"""The fields of an item that a form edits as text; `priority` is edited as a number."""
