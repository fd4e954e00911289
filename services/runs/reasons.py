"""Why a row stands in a step, in plain sentences with their dates (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.runs.days import days_since, local_date
from services.runs.models import NEVER
from services.runs.states import OPEN_STAGES
from services.runs.wanting import Wanted

DORMANT_AFTER_DAYS = 60
HEARD_WITHIN_DAYS = 30
FOLLOW_UP_AFTER_DAYS = 7


@dataclass(frozen=True)
class Today:
    """The moment and the time zone in which days are counted."""

    now: datetime
    time_zone: str

    @property
    def day(self) -> date:
        """The date that it is."""
        return local_date(self.now, self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The date of a moment."""
        return local_date(moment, self.time_zone)

    def days_since(self, moment: datetime) -> int:
        """How many dates have passed since a moment."""
        return days_since(moment, self.now, self.time_zone)

    def said(self, day: date) -> str:
        """A date as people say it: "4 November", with the year when it is another one."""
        return f"{day.day} {day:%B}" + ("" if day.year == self.day.year else f" {day.year}")


def plural(count: int, one: str, many: str | None = None) -> str:
    """ "1 day", "2 days"."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def days_silent(partnership: Any, today: Today) -> int | None:
    """Whole days since the last contact; None when there was none."""
    return None if partnership.last_contact_at == NEVER else today.days_since(partnership.last_contact_at)


def silence(partnership: Any, today: Today) -> str:
    """How long nobody has been in contact."""
    days = days_silent(partnership, today)
    if days is None:
        return f"No contact yet; added on {today.said(today.day_of(partnership.created_at))}"
    if days == 0:
        return "The last contact was today"
    return f"No contact for {plural(days, 'day')}, since {today.said(today.day_of(partnership.last_contact_at))}"


def stage_proposed(partnership: Any, last_talk: datetime | None, today: Today) -> tuple[str, str] | None:
    """(the stage that it should be in, why), by its latest activity; None where it is right. `last_talk` is its last call
    or meeting."""
    heard = partnership.last_heard_at
    stage = partnership.stage
    if stage == "New Lead" and heard > NEVER and heard >= partnership.stage_changed_at:
        return (
            "Conversation Active",
            f"They were in touch on {today.said(today.day_of(heard))}, and it is still a New Lead",
        )
    if stage == "Conversation Active" and partnership.mou_sent_on:
        return "MOU Sent", f"The MOU was sent on {today.said(partnership.mou_sent_on)}"
    if stage == "MOU Sent" and partnership.mou_signed_on:
        return "MOU Signed", f"The MOU was signed on {today.said(partnership.mou_signed_on)}"
    if stage == "MOU Signed" and last_talk and _after_signing(partnership, last_talk, today):
        return "Active", f"You spoke on {today.said(today.day_of(last_talk))}, after the MOU was signed"
    if stage == "Dormant" and heard > NEVER and today.days_since(heard) <= HEARD_WITHIN_DAYS:
        return "Conversation Active", f"They were in touch again on {today.said(today.day_of(heard))}"
    if stage in OPEN_STAGES and _silent_days(partnership, today) >= DORMANT_AFTER_DAYS:
        return "Dormant", silence(partnership, today)
    return None


def _after_signing(partnership: Any, last_talk: datetime, today: Today) -> bool:
    if partnership.mou_signed_on is None:
        return last_talk > partnership.stage_changed_at
    return today.day_of(last_talk) > partnership.mou_signed_on


def _silent_days(partnership: Any, today: Today) -> int:
    """Days without contact, counted from the beginning where there was none."""
    days = days_silent(partnership, today)
    return today.days_since(partnership.created_at) if days is None else days


def call_due(partnership: Any, today: Today) -> str:
    """When the next call was to be."""
    due = partnership.next_call_on
    if due is None:
        return "No call is planned"
    late = (today.day - due).days
    if late > 0:
        return f"The call planned for {today.said(due)} is {plural(late, 'day')} overdue"
    return (
        "The next call is planned for today"
        if late == 0
        else f"The next call is planned for {due:%A}, {today.said(due)}"
    )


def why(partnership: Any, asked: Wanted, last_talk: datetime | None, today: Today) -> str:
    """The sentence that explains a row: one part for each thing that the step looks for."""
    told = asked.filter
    parts = []
    if told.get("needs") == "stage_change":
        proposed = stage_proposed(partnership, last_talk, today)
        parts.append(proposed[1] if proposed else "")
    if told.get("needs") == "call_this_week":
        parts.append(call_due(partnership, today))
    if "noContactDays" in told or told.get("needs") == "follow_up":
        parts.append(silence(partnership, today))
    if "newWithinDays" in told:
        parts.append(f"New since {today.said(today.day_of(partnership.created_at))}")
    if asked.stages is not None:
        parts.append(_mou(partnership, today) or f"In the stage {partnership.stage}")
    if "priorityUpTo" in told:
        parts.append(f"Priority {partnership.priority}")
    if not parts and asked.partnership_ids is not None:
        parts.append("Chosen for this step")
    return ". ".join(part for part in parts if part) + "." if any(parts) else f"In the stage {partnership.stage}."


def _mou(partnership: Any, today: Today) -> str:
    """How far the MOU has come, where the stage is about it."""
    if not partnership.stage.startswith("MOU") or not partnership.mou_sent_on:
        return ""
    said = f"MOU sent on {today.said(partnership.mou_sent_on)}"
    if partnership.mou_signed_on:
        return f"{said}, signed on {today.said(partnership.mou_signed_on)}"
    if partnership.mou_viewed_on:
        return f"{said}, viewed on {today.said(partnership.mou_viewed_on)}, not signed yet"
    return f"{said}, not viewed yet"


def explanation(asked: Wanted, action_type: str) -> str:
    """One sentence on what a step shows."""
    if asked.show == "nothing":
        return NOTHING.get(asked.does or action_type, "This step shows no list; do what its description says.")
    if asked.show == "objectives":
        return "Objectives" + _objective_words(asked.filter) + ", the soonest to end first."
    words = _partnership_words(asked)
    return f"Partnerships{' ' if words else ''}{', '.join(words)}, at most {asked.limit}."


NOTHING = {
    "note": "Write down what there is to remember; it is kept with the run and its partnerships.",
    "create_partnership": "Add each new organisation as a partnership.",
}
NEEDS = {
    "follow_up": f"without contact for {FOLLOW_UP_AFTER_DAYS} days or more, the most important first",
    "stage_change": "whose latest activity says that they belong in another stage",
    "call_this_week": "whose next call is due by the end of this week, with no meeting booked yet",
}


def _partnership_words(asked: Wanted) -> list[str]:
    told: Mapping[str, Any] = asked.filter
    words = []
    if asked.stages is not None:
        words.append("in " + " or ".join(asked.stages))
    if "noContactDays" in told:
        words.append(f"without contact for {plural(told['noContactDays'], 'day')} or more, the longest first")
    if "needs" in told:
        words.append(NEEDS[told["needs"]])
    if "newWithinDays" in told:
        words.append(f"added in the last {plural(told['newWithinDays'], 'day')}")
    if "priorityUpTo" in told:
        words.append(f"of priority {told['priorityUpTo']} or higher")
    if "owner" in told:
        words.append("that are yours" if told["owner"] == "me" else "of one owner")
    if asked.partnership_ids is not None:
        words.append("chosen for this step")
    if asked.only_linked:
        words.append("linked to this run")
    return words


def _objective_words(told: Mapping[str, Any]) -> str:
    parts = [f"that are {told['status']}"] if "status" in told else []
    parts += ["behind where they should be"] if told.get("behind") else []
    return " " + " and ".join(parts) if parts else ""
