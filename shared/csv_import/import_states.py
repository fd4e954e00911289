"""The life of an import."""

from shared.ground.state_machine import StateMachine, move

MAPPING, CHECKING, CHECKED, RUNNING, DONE, UNDOING, UNDONE = STATES = (
    "mapping",
    "checking",
    "checked",
    "running",
    "done",
    "undoing",
    "undone",
)

IMPORT = StateMachine(
    "import",
    STATES,
    {
        "map": move(MAPPING, MAPPING, CHECKING, CHECKED),
        "check": move(CHECKING, MAPPING, CHECKING, CHECKED),
        "run": move(RUNNING, MAPPING, CHECKING, CHECKED, RUNNING),
        "undo": move(UNDOING, RUNNING, DONE, UNDOING),
    },
)
"""`check` is the dry run. An import that broke off is still checking, running or undoing, and the same verb goes on with
it."""

ENDS = {CHECKING: CHECKED, RUNNING: DONE, UNDOING: UNDONE}
"""The state behind the last row of what is under way."""
