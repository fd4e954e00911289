"""The life of an execution, a step, a task, its AI execution, a trigger and a plan, as tables of legal moves."""

from shared.ground.state_machine import StateMachine, move

EXECUTION = StateMachine(
    "workflow execution",
    ("in_progress", "completed", "cancelled"),
    {
        "finalize": move("completed", "in_progress"),
        "cancel": move("cancelled", "in_progress"),
    },
)

STEP = StateMachine(
    "step",
    ("pending", "in_progress", "completed", "skipped"),
    {
        "start": move("in_progress", "pending", "skipped"),
        # A step that was opened by the one before and one that a person names in its turn both complete.
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

EXECUTION_STATUS = StateMachine(
    "AI task",
    ("queued", "running", "success", "failed", "cancelled"),
    {
        # What happens to a queued or running one is the executor's to say; here it can only be asked for again.
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
