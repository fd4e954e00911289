"""Tells the notifications of one run and kind in one line, and says of a failure whether it was tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from services.monitor import notifying, reporting
from services.monitor.pages import status_style, wording
from shared.ground.principal import Principal

RUN = re.compile(r"/app/monitor/runs/([^/?#]+)")
TITLES = {notifying.DONE: "done", notifying.FAILED: "failed"}
MOST_NAMED = 3

Notice = dict[str, Any]


def lines(notices: Sequence[Notice], by: Principal) -> list[Notice]:
    """The notifications as the page shows them, in the order of the newest of each line."""
    marked = _tried_again(notices, by)
    folded: dict[tuple[str, str], list[Notice]] = {}
    for notice in marked:
        folded.setdefault((notice["kind"], notice["groupId"] or notice["id"]), []).append(notice)
    groups = {notice["groupId"] for notice in notices if notice["groupId"]}
    names = reporting.works(by.tenant_id, groups) if groups else {}
    return [some[0] if len(some) == 1 else _line(some, names.get(some[0]["groupId"], "")) for some in folded.values()]


def _line(some: Sequence[Notice], work: str) -> Notice:
    """One line for several, with the id of the newest: opening it reads them all."""
    first = some[0]
    titles = [notice["title"].partition(": ")[2] or notice["title"] for notice in some]
    more = f" and {len(titles) - MOST_NAMED} more" if len(titles) > MOST_NAMED else ""
    ended = TITLES.get(first["kind"], wording.words(first["kind"]).lower())
    of_work = f" of {work}" if work else ""
    unread = [notice for notice in some if not notice["readAt"]]
    return first | {
        "title": f"{len(some)} AI tasks{of_work} {ended}",
        "body": ", ".join(titles[:MOST_NAMED]) + more,
        "readAt": None if unread else first["readAt"],
    }


def _tried_again(notices: Sequence[Notice], by: Principal) -> list[Notice]:
    """The notifications; those of failures that were tried again say how that went, and are no alarm."""
    runs = {notice["id"]: match[1] for notice in notices if (match := _failed_run(notice))}
    retries = reporting.superseded(by.tenant_id, dict.fromkeys(runs.values(), "failed"))
    marked = []
    for notice in notices:
        again = retries.get(runs.get(notice["id"], ""))
        if again is None:
            marked.append(notice)
            continue
        ended = status_style.of(again.status).label.lower()
        marked.append(notice | {"body": f"Tried again: {ended}.", "superseded": True})
    return marked


def _failed_run(notice: Notice) -> re.Match[str] | None:
    return RUN.fullmatch(notice["link"] or "") if notice["kind"] == notifying.FAILED else None
