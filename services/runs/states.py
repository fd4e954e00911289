"""The life of a run, a step, a row of a step, a partnership, an objective, a meeting and a delivery, as tables of legal moves."""

from shared.lives import Life, move

RUN = Life(
    "guided run",
    ("in_progress", "paused", "completed", "cancelled"),
    {
        "pause": move("paused", "in_progress"),
        "resume": move("in_progress", "paused"),
        "complete": move("completed", "in_progress"),
        "cancel": move("cancelled", "in_progress", "paused"),
    },
)

#: Steps may be done in any order; what a step expects is said by `left`, not by this table.
STEP = Life(
    "step",
    ("pending", "in_progress", "completed", "skipped"),
    {
        "start": move("in_progress", "pending", "skipped"),
        "skip": move("skipped", "pending", "in_progress"),
        "complete": move("completed", "in_progress"),
        "reset": move("pending", "in_progress", "completed", "skipped"),
    },
)

#: A row that a step showed: what was asked for was done, or a person has decided that nothing needs to be.
ROW = Life(
    "row",
    ("open", "done", "set_aside"),
    {
        "do": move("done", "open", "set_aside", "done"),
        "set aside": move("set_aside", "open"),
        "reopen": move("open", "done", "set_aside"),
    },
)

#: As the founding document spells them. A verb is "move to" a stage; people choose the stage, not the verb.
STAGES = ("New Lead", "Conversation Active", "MOU Sent", "MOU Signed", "Active", "Dormant", "Lost")
OPEN_STAGES = STAGES[:5]

PARTNERSHIP = Life(
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

OBJECTIVE = Life(
    "objective",
    ("open", "achieved", "dropped"),
    {
        "achieve": move("achieved", "open"),
        "drop": move("dropped", "open"),
        "reopen": move("open", "achieved", "dropped"),
    },
)

MEETING = Life(
    "meeting",
    ("booked", "cancelled"),
    {
        "change": move("booked", "booked"),
        "cancel": move("cancelled", "booked"),
    },
)

#: What the executor's word makes of a mail or an invitation; a word may be the last of several, so that each state leads to
#: each, but for what was sent. `unknown`: nobody knows whether it went out, and then no person sends it again.
DELIVERY = Life(
    "delivery",
    ("queued", "sent", "failed", "unknown", "cancelled"),
    {
        "settle": move("sent", "queued", "failed", "unknown", "cancelled"),
        "fail": move("failed", "queued", "unknown", "cancelled"),
        "lose": move("unknown", "queued", "failed", "cancelled"),
        "stop": move("cancelled", "queued", "failed", "unknown"),
        "try again": move("queued", "failed", "unknown", "cancelled"),
        "send again": move("queued", "failed", "cancelled"),
    },
)


def stages_after(stage: str) -> list[str]:
    """The stages that a partnership may move to from this one, in the order of the pipeline."""
    return [target for target in STAGES if f"move to {target}" in PARTNERSHIP.allowed(stage)]


def stage_named(told: str) -> str | None:
    """The stage that a text means, in any case and with spaces, hyphens or underscores: "mou_sent" is "MOU Sent"."""
    return _SPELLINGS.get(" ".join(told.replace("_", " ").replace("-", " ").split()).casefold())


_SPELLINGS = {stage.casefold(): stage for stage in STAGES}
