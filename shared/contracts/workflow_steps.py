"""Vocabulary of the steps of workflow executions, for the page that shows them."""

from __future__ import annotations

DONE = ("completed", "skipped")
"""The finished statuses of a step."""

NUMBERS = ("relationshipScore", "confidenceScore")
"""The input fields of a step that are numbers; the others are text."""

COMPUTED_STEPS = (
    ("contract_analysis", "Read the contracts"),
    ("pricing", "Compute the price"),
    ("stakeholders", "Map the stakeholders"),
    ("recommendations", "Draw the recommendations"),
)
"""The kinds of step that are computed at the press of a button, with the button's label."""
