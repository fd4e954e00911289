"""Finds anything by the beginnings of its words: customers, partnerships, contacts, runs, tasks and the console's own
pages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, frame, wording
from shared.contracts.tasks import OPEN
from shared.web import callers

blueprint = frame.page_blueprint("finding", __name__)

SHOWN_OF_A_KIND = 5
SHORTEST = 2
"""With fewer letters only pages are found."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    name: str
    note: str
    href: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is looked for: its owner's list, and what is shown of a row."""

    title: str
    icon: str
    service: str
    path: str
    href: str
    name: Callable[[Row], str]
    note: Callable[[Row], str]
    filters: Mapping[str, Any] | None = None

    def look_for(self, typed: str) -> Sequence[Row]:
        """The rows of the owner that match, the first few."""
        params = {"q": typed, "limit": SHOWN_OF_A_KIND, **(self.filters or {})}
        found: Sequence[Row] = api_client.get(self.service, self.path, **params)["items"]
        return found

    def hit(self, row: Row) -> Hit:
        """A row as it is shown."""
        return Hit(self.name(row), self.note(row), f"{self.href}/{row['id']}")


def _note(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


KINDS = (
    Kind(
        "Customers",
        "building",
        "workflows",
        "/api/customers",
        "/app/customers",
        lambda row: row["name"],
        lambda row: (
            _note(wording.words(row["stage"]), f"renews {wording.day(row['renewalDate'])}")
            if row["renewalDate"]
            else "no renewal date"
        ),
    ),
    Kind(
        "Partnerships",
        "partnerships",
        "runs",
        "/api/partnerships",
        "/app/partnerships",
        lambda row: row["name"],
        lambda row: row["stage"],
    ),
    Kind(
        "Contacts",
        "contacts",
        "workflows",
        "/api/contacts",
        "/app/contacts",
        lambda row: row["name"],
        lambda row: _note(row["customerName"], row["email"]),
    ),
    Kind(
        "Tasks",
        "tasks",
        "workflows",
        "/api/workflows/tasks",
        "/app/tasks",
        lambda row: row["title"],
        lambda row: f"due {wording.day(row['dueDate'])}" if row["dueDate"] else wording.words(row["status"]),
        {"status": OPEN[0]},
    ),
    Kind(
        "Runs",
        "runs",
        "runs",
        "/api/guided-runs",
        "/app/runs",
        lambda row: row["name"],
        lambda row: wording.words(row["status"]),
    ),
)
"""What is looked for, in the order in which it is shown."""

ACTIONS = (
    ("New contact", "/app/contacts/new"),
    ("New partnership", "/app/partnerships/new"),
    ("New objective", "/app/objectives/new"),
    ("New recurrence", "/app/recurrences/new"),
    ("Notifications", "/app/notifications"),
    ("Objectives", "/app/objectives"),
    ("Recurrences", "/app/recurrences"),
    ("Run templates", "/app/templates"),
)
"""The pages that are found besides the places of the rail."""


@blueprint.get("/app/find")
@callers.needs("member")
def find() -> Any:
    """What matches the typed words, by kind. A kind whose owner does not answer is named, and the others are shown."""
    typed = request.args.get("q", "").strip()
    groups, away = _found(typed) if len(typed) >= SHORTEST else ([], [])
    pages = _pages(typed)
    if pages:
        groups = [("Pages", "open", pages), *groups] if not groups else [*groups, ("Pages", "open", pages)]
    found = {"typed": typed, "groups": groups, "away": away, "shortest": SHORTEST}
    if "HX-Request" in request.headers:
        return frame.fragment("frame/found.html", **found)
    return render_template("frame/find.html", **found)


def _found(typed: str) -> tuple[list[tuple[str, str, list[Hit]]], list[str]]:
    """`(title, icon, hits)` of each kind with hits, and the titles of the kinds that could not be asked."""
    look = functools.partial(api_client.optional, "")
    answers = api_client.together(
        *(functools.partial(look, functools.partial(kind.look_for, typed), ()) for kind in KINDS)
    )
    groups, away = [], []
    for kind, (rows, down) in zip(KINDS, answers, strict=True):
        if rows:
            groups.append((kind.title, kind.icon, [kind.hit(row) for row in rows]))
        if down:
            away.append(kind.title)
    return groups, away


def _pages(typed: str) -> list[Hit]:
    """The pages of the console that this person may see and that have words which begin as was typed."""
    by = callers.by()
    places = [(name, href) for name, href, _, needed in frame.PLACES if by.may(needed)]
    wanted = typed.casefold().split()
    return [
        Hit(name, "", href)
        for name, href in (*places, *ACTIONS)
        if wanted and all(any(word.startswith(part) for word in name.casefold().split()) for part in wanted)
    ]
