"""The life of an AI task and of an effect, as tables of legal moves."""

from shared.lives import Life, move

TASK_STATES = ("queued", "running", "success", "failed", "cancelled")
FINISHED = ("success", "failed", "cancelled")

#: What a worker, or the sweep, does to an AI task. Each is one guarded write on (id, status, lease).
TASK = Life(
    "AI task",
    TASK_STATES,
    {
        "claim": move("running", "queued"),
        "succeed": move("success", "running"),
        "fail": move("failed", "running"),
        # A failed attempt with attempts left, and an attempt whose worker fell silent: the same task is due again.
        "put back": move("queued", "running"),
        "stop": move("cancelled", "running"),
    },
)

#: What a person or another service may ask for. A finished task never runs again: `retry` and `execute` then make a
#: new one, whose state is the one after the move. A running task is only flagged by `cancel`; its worker stops at the
#: next step.
ASKED = Life(
    "AI task",
    TASK_STATES,
    {
        "execute": move("queued", "queued", *FINISHED),
        "retry": move("queued", "failed", "cancelled"),
        "cancel": move("cancelled", "queued", "running"),
    },
)

#: One change outside. `unknown` is left only by a person, or by the truth when it arrives after all.
EFFECT = Life(
    "effect",
    ("intended", "done", "unknown", "not_done"),
    {
        "intend again": move("intended", "not_done"),
        # The next attempt answers for a change that an earlier one began and did not settle.
        "take over": move("intended", "intended"),
        "settle": move("done", "intended", "unknown"),
        "refuse": move("not_done", "intended", "unknown"),
        "lose": move("unknown", "intended"),
        "resolve as happened": move("done", "unknown"),
        "resolve as not happened": move("not_done", "unknown"),
    },
)
