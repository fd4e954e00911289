"""The life of an execution, a step, a task, its AI execution, a trigger and a plan, as tables of legal moves."""

from dataclasses import dataclass

from shared.errors import Conflict


@dataclass(frozen=True)
class Life:
    """The states of one kind of thing and its moves: `moves[verb]` is (states that it may leave, state after)."""

    name: str
    states: tuple[str, ...]
    moves: dict[str, tuple[frozenset[str], str]]

    def allowed(self, state: str) -> list[str]:
        """The verbs that may be used in this state, sorted."""
        return sorted(verb for verb, (leaves, _) in self.moves.items() if state in leaves)

    def after(self, verb: str, state: str) -> str:
        """The state after the verb; Conflict naming the allowed verbs where the table has no such move."""
        leaves, target = self.moves[verb]
        if state not in leaves:
            raise Conflict(f"A {self.name} that is {state} cannot {verb}.", allowed=self.allowed(state))
        return target

    def leaves(self, verb: str) -> list[str]:
        """The states that the verb may leave, for the WHERE of a guarded write."""
        return sorted(self.moves[verb][0])


def _move(target: str, *leaves: str) -> tuple[frozenset[str], str]:
    return frozenset(leaves), target


EXECUTION = Life(
    "workflow execution",
    ("in_progress", "completed", "cancelled"),
    {
        "finalize": _move("completed", "in_progress"),
        "cancel": _move("cancelled", "in_progress"),
    },
)

STEP = Life(
    "step",
    ("pending", "in_progress", "completed", "skipped"),
    {
        "start": _move("in_progress", "pending", "skipped"),
        # A step that was opened by the one before and one that a person names in its turn both complete.
        "complete": _move("completed", "pending", "in_progress"),
        "skip": _move("skipped", "pending", "in_progress"),
        "reset": _move("pending", "in_progress", "completed", "skipped"),
    },
)

TASK = Life(
    "task",
    ("open", "in_progress", "snoozed", "completed", "cancelled"),
    {
        "start": _move("in_progress", "open", "snoozed"),
        "snooze": _move("snoozed", "open", "in_progress", "snoozed"),
        "unsnooze": _move("open", "snoozed"),
        "complete": _move("completed", "open", "in_progress", "snoozed"),
        "reopen": _move("open", "in_progress", "completed", "cancelled"),
        "cancel": _move("cancelled", "open", "in_progress", "snoozed"),
    },
)

EXECUTION_STATUS = Life(
    "AI task",
    ("queued", "running", "success", "failed", "cancelled"),
    {
        # What happens to a queued or running one is the executor's to say; here it can only be asked for again.
        "execute": _move("queued", "success", "failed", "cancelled"),
    },
)

TRIGGER = Life(
    "trigger",
    ("scheduled", "due", "started", "cancelled"),
    {
        "hold": _move("due", "scheduled", "due"),
        "start": _move("started", "scheduled", "due"),
        "cancel": _move("cancelled", "scheduled", "due"),
    },
)

PLAN = Life(
    "action plan",
    ("draft", "finalized"),
    {
        "generate": _move("draft", "draft"),
        "edit": _move("draft", "draft"),
        "finalize": _move("finalized", "draft"),
    },
)
