"""State machines of runs, steps, rows, partnerships, objectives, meetings and deliveries."""

from shared.contracts.partnerships import STAGES
from shared.ground.state_machine import StateMachine, move

RUN = StateMachine(
    "guided run",
    ("in_progress", "paused", "completed", "cancelled"),
    {
        "pause": move("paused", "in_progress"),
        "resume": move("in_progress", "paused"),
        "complete": move("completed", "in_progress"),
        "cancel": move("cancelled", "in_progress", "paused"),
    },
)

#: Steps may be done in any order; `steps.left_of` says what a step still expects.
STEP = StateMachine(
    "step",
    ("pending", "in_progress", "completed", "skipped"),
    {
        "start": move("in_progress", "pending", "skipped"),
        "skip": move("skipped", "pending", "in_progress"),
        "complete": move("completed", "in_progress"),
        "reset": move("pending", "in_progress", "completed", "skipped"),
    },
)

#: A row of a step: open, done, or set aside because a person decided that nothing is to be done.
ROW = StateMachine(
    "row",
    ("open", "done", "set_aside"),
    {
        "do": move("done", "open", "set_aside", "done"),
        "set aside": move("set_aside", "open"),
        "reopen": move("open", "done", "set_aside"),
    },
)

OPEN_STAGES = STAGES[:5]

#: A verb is "move to" a stage; people choose the stage, not the verb.
PARTNERSHIP = StateMachine(
    "partnership",
    STAGES,
    {
        "move to New Lead": move("New Lead", "Lost"),
        "move to Conversation Active": move("Conversation Active", "New Lead", "MOU Sent", "Dormant", "Lost"),
        "move to MOU Sent": move("MOU Sent", "New Lead", "Conversation Active", "Dormant"),
        "move to MOU Signed": move("MOU Signed", "MOU Sent", "Conversation Active"),
        "move to Active": move("Active", "MOU Signed", "Dormant"),
        "move to Dormant": move("Dormant", "New Lead", "Conversation Active", "MOU Sent", "MOU Signed", "Active"),
        "move to Lost": move("Lost", "New Lead", "Conversation Active", "MOU Sent", "MOU Signed", "Active", "Dormant"),
    },
)

OBJECTIVE = StateMachine(
    "objective",
    ("open", "achieved", "dropped"),
    {
        "achieve": move("achieved", "open"),
        "drop": move("dropped", "open"),
        "reopen": move("open", "achieved", "dropped"),
    },
)

MEETING = StateMachine(
    "meeting",
    ("booked", "cancelled"),
    {
        "change": move("booked", "booked"),
        "cancel": move("cancelled", "booked"),
        "book again": move("booked", "cancelled"),
    },
)

#: The states of a mail or an invitation. The executor's updates may arrive merged, so any state may follow any other,
#: except that `sent` is final. `unknown`: it may have gone out, and is not sent again until a person has looked.
#: `withdrawn`: a person took it back before it ever left, so the executor has not heard of it.
DELIVERY = StateMachine(
    "delivery",
    ("queued", "sent", "failed", "unknown", "cancelled", "withdrawn"),
    {
        "settle": move("sent", "queued", "failed", "unknown", "cancelled"),
        "fail": move("failed", "queued", "unknown", "cancelled"),
        "lose": move("unknown", "queued", "failed", "cancelled"),
        "stop": move("cancelled", "queued", "failed", "unknown"),
        "try again": move("queued", "failed", "unknown", "cancelled"),
        "withdraw": move("withdrawn", "queued"),
        "send again": move("queued", "failed", "cancelled", "withdrawn"),
    },
)


def stages_after(stage: str) -> list[str]:
    """The stages that a partnership may move to from this one, in the order of the pipeline."""
    return [target for target in STAGES if f"move to {target}" in PARTNERSHIP.allowed(stage)]


def stage_named(text: str) -> str | None:
    """The stage for a spelling in any case, with spaces, hyphens or underscores: "mou_sent" is "MOU Sent". None if
    there is none."""
    return _SPELLINGS.get(" ".join(text.replace("_", " ").replace("-", " ").split()).casefold())


_SPELLINGS = {stage.casefold(): stage for stage in STAGES}
