"""Vocabulary of action plans: the names of their lists, and of the fields that a person changes in an item."""

from __future__ import annotations

ITEM_LISTS = ("aiTasks", "csmTasks")
DECISIONS = ("proposed", "approved", "rejected")
TYPED_ITEM_FIELDS = ("title", "description", "dueDate", "owner")
"""The fields of an item that a form edits as text; `priority` is edited as a number."""
