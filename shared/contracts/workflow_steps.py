"""Steps of workflow executions as the page that works through them shows them."""

from __future__ import annotations

DONE = ("completed", "skipped")
"""The statuses of a step that nothing is left to do in."""

NUMBERS = ("relationshipScore", "confidenceScore")
"""The fields of what a person enters into a step that are numbers; the others are text."""

COMPUTED_STEPS = (
    ("contract_analysis", "Read the contracts"),
    ("pricing", "Compute the price"),
    ("stakeholders", "Map the stakeholders"),
    ("recommendations", "Draw the recommendations"),
)
"""The kinds of step that are computed at the press of a button, each with the button's words."""
