"""The states of an AI task and of an effect, as tables of legal moves."""

from shared.ground.state_machine import StateMachine, move

TASK_STATES = ("queued", "running", "success", "failed", "cancelled")
FINISHED = ("success", "failed", "cancelled")

#: The moves of a worker: guarded writes on (id, status, lease). The sweep has a statement of its own
#: (`tasks.take_back_lapsed`).
TASK = StateMachine(
    "AI task",
    TASK_STATES,
    {
        "claim": move("running", "queued"),
        "succeed": move("success", "running"),
        "fail": move("failed", "running"),
        # Due again after a failed attempt or a lapsed lease with attempts left, or a stop of the worker; unless it is
        # to be cancelled.
        "put back": move("queued", "running"),
        "stop": move("cancelled", "running"),
    },
)

#: The moves that people and services may ask for. For a finished task `retry` and `execute` create a new task; the
#: state after the move is the new task's. `cancel` only flags a running task; its worker stops it at its next effect,
#: or when it renews the lease.
COMMANDS = StateMachine(
    "AI task",
    TASK_STATES,
    {
        "execute": move("queued", "queued", *FINISHED),
        "retry": move("queued", "failed", "cancelled"),
        "cancel": move("cancelled", "queued", "running"),
    },
)

#: A change in an external system. Only a person, or an outcome that arrives late, ends `unknown`.
EFFECT = StateMachine(
    "effect",
    ("intended", "done", "unknown", "not_done"),
    {
        "intend again": move("intended", "not_done"),
        # The next attempt takes over a change that an earlier one left without an outcome.
        "take over": move("intended", "intended"),
        "settle": move("done", "intended", "unknown"),
        "refuse": move("not_done", "intended", "unknown"),
        "lose": move("unknown", "intended"),
        "resolve as happened": move("done", "unknown"),
        "resolve as not happened": move("not_done", "unknown"),
    },
)
