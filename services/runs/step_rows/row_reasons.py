"""Explains why a step shows a row, in plain sentences with dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.runs.days import Today
from services.runs.models import NEVER
from services.runs.partnerships import days_since_contact
from services.runs.states import OPEN_STAGES
from services.runs.step_rows.step_config import StepConfig
from services.runs.wording import plural
from shared.contracts.partnership_thresholds import DORMANT_AFTER_DAYS, FOLLOW_UP_AFTER_DAYS, HEARD_WITHIN_DAYS


def silence(partnership: Any, today: Today) -> str:
    """How long there has been no contact."""
    days = days_since_contact(partnership, today.now, today.time_zone)
    if days is None:
        return f"No contact yet; added on {today.said(today.day_of(partnership.created_at))}"
    if days == 0:
        return "The last contact was today"
    return f"No contact for {plural(days, 'day')}, since {today.said(today.day_of(partnership.last_contact_at))}"


def stage_proposed(partnership: Any, last_talk: datetime | None, today: Today) -> tuple[str, str] | None:
    """(proposed stage, reason), from the MOU dates, the last contact and `last_talk`, the last call or meeting; None
    if no other stage is proposed."""
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
    """Days without contact; since its creation if there was none."""
    days = days_since_contact(partnership, today.now, today.time_zone)
    return today.days_since(partnership.created_at) if days is None else days


def call_due(partnership: Any, today: Today) -> str:
    """When the next call is due."""
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


def why(partnership: Any, config: StepConfig, last_talk: datetime | None, today: Today) -> str:
    """Sentences that explain a row by the conditions of the step, or else by its stage."""
    filter_ = config.filter
    parts = []
    if filter_.get("needs") == "stage_change":
        proposed = stage_proposed(partnership, last_talk, today)
        parts.append(proposed[1] if proposed else "")
    if filter_.get("needs") == "call_this_week":
        parts.append(call_due(partnership, today))
    if "noContactDays" in filter_ or filter_.get("needs") == "follow_up":
        parts.append(silence(partnership, today))
    if "newWithinDays" in filter_:
        parts.append(f"New since {today.said(today.day_of(partnership.created_at))}")
    if config.stages is not None:
        parts.append(_mou(partnership, today) or f"In the stage {partnership.stage}")
    if "priorityUpTo" in filter_:
        parts.append(f"Priority {partnership.priority}")
    if not parts and config.partnership_ids is not None:
        parts.append("Chosen for this step")
    return ". ".join(part for part in parts if part) + "." if any(parts) else f"In the stage {partnership.stage}."


def _mou(partnership: Any, today: Today) -> str:
    """The progress of the MOU, in the stages that concern it."""
    if not partnership.stage.startswith("MOU") or not partnership.mou_sent_on:
        return ""
    said = f"MOU sent on {today.said(partnership.mou_sent_on)}"
    if partnership.mou_signed_on:
        return f"{said}, signed on {today.said(partnership.mou_signed_on)}"
    if partnership.mou_viewed_on:
        return f"{said}, viewed on {today.said(partnership.mou_viewed_on)}, not signed yet"
    return f"{said}, not viewed yet"


def explanation(config: StepConfig) -> str:
    """One sentence on what a step shows."""
    if config.show == "nothing":
        return config.purpose.explanation
    if config.show == "objectives":
        return "Objectives" + _objective_words(config.filter) + ", the soonest to end first."
    words = _partnership_words(config)
    return f"Partnerships{' ' if words else ''}{', '.join(words)}, at most {config.limit}."


NEEDS = {
    "follow_up": f"without contact for {FOLLOW_UP_AFTER_DAYS} days or more, the most important first",
    "stage_change": "whose latest activity says that they belong in another stage",
    "call_this_week": "whose next call is due by the end of this week, with no meeting booked yet",
}
"""The values of a filter's `needs`, in words."""


def _partnership_words(config: StepConfig) -> list[str]:
    filter_: Mapping[str, Any] = config.filter
    words = []
    if config.stages is not None:
        words.append("in " + " or ".join(config.stages))
    if "noContactDays" in filter_:
        words.append(f"without contact for {plural(filter_['noContactDays'], 'day')} or more, the longest first")
    if "needs" in filter_:
        words.append(NEEDS[filter_["needs"]])
    if "newWithinDays" in filter_:
        words.append(f"added in the last {plural(filter_['newWithinDays'], 'day')}")
    if "priorityUpTo" in filter_:
        words.append(f"of priority {filter_['priorityUpTo']} or higher")
    if "owner" in filter_:
        words.append("that are yours" if filter_["owner"] == "me" else "of one owner")
    if config.partnership_ids is not None:
        words.append("chosen for this step")
    if config.only_linked:
        words.append("linked to this run")
    return words


def _objective_words(filter_: Mapping[str, Any]) -> str:
    parts = [f"that are {filter_['status']}"] if "status" in filter_ else []
    parts += ["behind where they should be"] if filter_.get("behind") else []
    return " " + " and ".join(parts) if parts else ""
