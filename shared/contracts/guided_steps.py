"""The vocabulary of guided steps for forms: action types, what a step may show, and the actions on its rows."""

from __future__ import annotations

ACTION_TYPES = (
    ("review", "Review"),
    ("email", "E-mail"),
    ("update_stage", "Update stage"),
    ("schedule", "Schedule calls"),
    ("create_task", "Create tasks"),
    ("note", "Note"),
    ("custom", "Custom"),
)
"""The action types with their labels, in the order of the form."""

NEEDS = (
    ("follow_up", "What needs follow-up most"),
    ("stage_change", "What should change its stage"),
    ("call_this_week", "What needs a call this week"),
)
"""The values of a step's filter `needs`."""

PLAIN_SHOWS = (("objectives", "Objectives"), ("nothing", "Nothing"))
"""The choices beside partnerships for what a step shows."""

CUSTOM_STEPS = (
    ("create_partnership", "A form for new partnerships (custom)"),
    ("update_objective", "Objectives to adjust (custom)"),
)
"""The choices for what a step of the type `custom` does."""

STEP_MOVES = {"start": "in_progress", "skip": "skipped", "complete": "completed", "reset": "pending"}
"""The status that a step has after each move."""

ACTIONS = (
    *("review_row", "set_aside", "reopen_row", "send_email", "update_stage", "undo_stage", "schedule_meeting"),
    *(
        "change_meeting",
        "cancel_meeting",
        "create_task",
        "add_note",
        "create_partnership",
        "update_objective",
        "refresh",
        "review_rows",
        "choose_rows",
    ),
)
"""The actions that a form of a step may request; the fields of each are those of its form."""

CREATING_ACTIONS = ("create_task", "add_note", "create_partnership")
"""Actions that make something new; sent with an idempotency key."""
