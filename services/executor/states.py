"""The states of an AI task and of an effect, as tables of legal moves."""

from shared.ground.state_machine import StateMachine, move

TASK_STATES = ("queued", "running", "success", "failed", "cancelled")
FINISHED = ("success", "failed", "cancelled")

#: The moves of a worker or the sweep. Each is one guarded write on (id, status, lease).
TASK = StateMachine(
    "AI task",
    TASK_STATES,
    {
        "claim": move("running", "queued"),
        "succeed": move("success", "running"),
        "fail": move("failed", "running"),
        # A failed attempt with attempts left, or one whose lease lapsed: the same task is due again.
        "put back": move("queued", "running"),
        "stop": move("cancelled", "running"),
    },
)

#: The moves that people and services may ask for. A finished task never runs again: `retry` and `execute` make a new
#: one, whose state is the one after the move. `cancel` only flags a running task; its worker stops at the next step.
COMMANDS = StateMachine(
    "AI task",
    TASK_STATES,
    {
        "execute": move("queued", "queued", *FINISHED),
        "retry": move("queued", "failed", "cancelled"),
        "cancel": move("cancelled", "queued", "running"),
    },
)

#: One change outside. Only a person, or an outcome that arrives late, ends `unknown`.
EFFECT = StateMachine(
    "effect",
    ("intended", "done", "unknown", "not_done"),
    {
        "intend again": move("intended", "not_done"),
        # The next attempt is responsible for a change that an earlier one left without an outcome.
        "take over": move("intended", "intended"),
        "settle": move("done", "intended", "unknown"),
        "refuse": move("not_done", "intended", "unknown"),
        "lose": move("unknown", "intended"),
        "resolve as happened": move("done", "unknown"),
        "resolve as not happened": move("not_done", "unknown"),
    },
)
