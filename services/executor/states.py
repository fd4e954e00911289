"""The life of an AI task and of an effect, as tables of legal moves."""

from dataclasses import dataclass

from shared.errors import Conflict


@dataclass(frozen=True)
class Life:
    """The states of one kind of thing and the moves between them: `moves[verb]` is (states it may leave, state
    after)."""

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


TASK_STATES = ("queued", "running", "success", "failed", "cancelled")
FINISHED = ("success", "failed", "cancelled")

#: What a worker, or the sweep, does to an AI task. Each is one guarded write on (id, status, lease).
TASK = Life(
    "AI task",
    TASK_STATES,
    {
        "claim": _move("running", "queued"),
        "succeed": _move("success", "running"),
        "fail": _move("failed", "running"),
        # A failed attempt with attempts left, and an attempt whose worker fell silent: the same task is due again.
        "put back": _move("queued", "running"),
        "stop": _move("cancelled", "running"),
    },
)

#: What a person or another service may ask for. A finished task never runs again: `retry` and `execute` then make a
#: new one, whose state is the one after the move. A running task is only flagged by `cancel`; its worker stops at the
#: next step.
ASKED = Life(
    "AI task",
    TASK_STATES,
    {
        "execute": _move("queued", "queued", *FINISHED),
        "retry": _move("queued", "failed", "cancelled"),
        "cancel": _move("cancelled", "queued", "running"),
    },
)

#: One change outside. `unknown` is left only by a person, or by the truth when it arrives after all.
EFFECT = Life(
    "effect",
    ("intended", "done", "unknown", "not_done"),
    {
        "intend again": _move("intended", "not_done"),
        # The next attempt answers for a change that an earlier one began and did not settle.
        "take over": _move("intended", "intended"),
        "settle": _move("done", "intended", "unknown"),
        "refuse": _move("not_done", "intended", "unknown"),
        "lose": _move("unknown", "intended"),
        "resolve as happened": _move("done", "unknown"),
        "resolve as not happened": _move("not_done", "unknown"),
    },
)
