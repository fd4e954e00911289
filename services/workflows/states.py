"""State machines of executions, contracts' texts, steps, tasks, their AI executions, triggers and plans."""

from shared.ground.state_machine import StateMachine, move

EXECUTION = StateMachine(
    "workflow execution",
    ("in_progress", "completed", "cancelled"),
    {
        "finalize": move("completed", "in_progress"),
        "cancel": move("cancelled", "in_progress"),
    },
)

CONTRACT_TEXT = StateMachine(
    "contract's text",
    ("typed", "reading", "read", "no_text", "failed"),
    {
        # What a person has typed wins over what is read afterwards.
        "type": move("typed", "typed", "reading", "read", "no_text", "failed"),
        "read again": move("reading", "no_text", "failed"),
        "keep": move("read", "reading"),
        "find nothing": move("no_text", "reading"),
        "fail": move("failed", "reading"),
    },
)

STEP = StateMachine(
    "step",
    ("pending", "in_progress", "completed", "skipped"),
    {
        "start": move("in_progress", "pending", "skipped"),
        # Both an opened step and a pending one whose turn it is can be completed.
        "complete": move("completed", "pending", "in_progress"),
        "skip": move("skipped", "pending", "in_progress"),
        "reset": move("pending", "in_progress", "completed", "skipped"),
    },
)

TASK = StateMachine(
    "task",
    ("open", "in_progress", "snoozed", "completed", "cancelled"),
    {
        "start": move("in_progress", "open", "snoozed"),
        "snooze": move("snoozed", "open", "in_progress", "snoozed"),
        "unsnooze": move("open", "snoozed"),
        "complete": move("completed", "open", "in_progress", "snoozed"),
        "reopen": move("open", "in_progress", "completed", "cancelled"),
        "cancel": move("cancelled", "open", "in_progress", "snoozed"),
    },
)

TASK_EXECUTION = StateMachine(
    "AI task",
    ("queued", "running", "success", "failed", "cancelled"),
    {
        # Only the executor changes a queued or running one; from here a finished one can only be requested again.
        "execute": move("queued", "success", "failed", "cancelled"),
    },
)

TRIGGER = StateMachine(
    "trigger",
    ("scheduled", "due", "started", "cancelled"),
    {
        "hold": move("due", "scheduled", "due"),
        "start": move("started", "scheduled", "due"),
        "cancel": move("cancelled", "scheduled", "due"),
    },
)

PLAN = StateMachine(
    "action plan",
    ("draft", "finalized"),
    {
        "generate": move("draft", "draft"),
        "edit": move("draft", "draft"),
        "finalize": move("finalized", "draft"),
    },
)
