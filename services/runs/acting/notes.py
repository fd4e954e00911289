"""Notes: kept with a partnership, or with all that a run is about and with the run itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.runs import activities, models
from services.runs.acting.done import Done, Place, finish, one, partnership_of, place, settle
from services.runs.models import feed
from shared import clock
from shared.acts import By

LONGEST_SUMMARY = 120


def add(
    by: By, run_id: str, step_id: str, told: dict[str, Any], *, new_id: str, now: datetime, expected: int | None = None
) -> Done:
    """Keep a note; what was typed in the step for it is final now. Without a partnership it stands in the timeline of
    every one that the run is linked to, and in the result of the step."""
    with feed.transaction():
        found = place(by, run_id, step_id, told, expected)
        about_one = found.row is not None or found.partnership is not None
        if about_one:
            _write(by, found, partnership_of(found), told["text"], new_id, now)
        else:
            _write_on_all(by, found, told["text"], new_id, now)
        finish(by, found, "add_note", now, noteId=new_id)
        if found.step.draft is not None and not about_one:
            models.runs.change_step(found.step, draft=None)
        settle(by, found, "added note", now, note=_summary(told["text"]))
        return one("done", found, new_id)


def _write_on_all(by: By, found: Place, text: str, note_id: str, now: datetime) -> None:
    """`linked` says that it stands in timelines, too, where it counts once."""
    linked = models.partnerships.many(found.run.tenant_id, found.run.linked_partnership_ids)
    for partnership_id in sorted(linked):
        _write(by, found, linked[partnership_id], text, note_id, now)
    result = found.step.result or {}
    note = {"id": note_id, "at": clock.rfc3339(now), "by": by.as_json(), "text": text}
    models.runs.tell_result(found.step, result | {"notes": [*result.get("notes", []), note]}, found.step.summary)


def _write(by: By, found: Place, partnership: Any, text: str, note_id: str, now: datetime) -> None:
    activities.add(
        by,
        partnership,
        kind="note",
        summary=_summary(text),
        body=text,
        now=now,
        details={"noteId": note_id},
        **found.here,
    )


def _summary(text: str) -> str:
    first = text.strip().splitlines()[0].strip()
    return first if len(first) <= LONGEST_SUMMARY else first[: LONGEST_SUMMARY - 1].rstrip() + "…"
