"""Finds anything by the beginnings of its words: customers, partnerships, contacts, runs, tasks and the console's own
pages."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from services.monitor.pages import api_client, frame, wording
from shared.contracts.finding import LONGEST
from shared.web import callers

blueprint = frame.page_blueprint("finding", __name__)

SHORTEST = 2
"""With fewer letters only pages are found."""

OWNERS = {"workflows": "/api/workflows/find", "runs": "/api/find"}
"""The question to each service that has what is looked for."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    name: str
    note: str
    href: str


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is looked for: its part of the owner's answer, and what is shown of a row."""

    title: str
    icon: str
    service: str
    part: str
    href: str
    note: Callable[[Row], str]
    name: str = "name"

    def hit(self, row: Row) -> Hit:
        """A row as it is shown."""
        return Hit(row[self.name], self.note(row), f"{self.href}/{row['id']}")


def _note(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


KINDS = (
    Kind(
        "Customers",
        "building",
        "workflows",
        "customers",
        "/app/customers",
        lambda row: (
            _note(wording.words(row["stage"]), f"renews {wording.day(row['renewalDate'])}")
            if row["renewalDate"]
            else "no renewal date"
        ),
    ),
    Kind("Partnerships", "partnerships", "runs", "partnerships", "/app/partnerships", lambda row: row["stage"]),
    Kind(
        "Contacts",
        "contacts",
        "workflows",
        "contacts",
        "/app/contacts",
        lambda row: _note(row["customerName"], row["email"]),
    ),
    Kind(
        "Tasks",
        "tasks",
        "workflows",
        "tasks",
        "/app/tasks",
        lambda row: f"due {wording.day(row['dueDate'])}" if row["dueDate"] else wording.words(row["status"]),
        name="title",
    ),
    Kind("Runs", "runs", "runs", "guidedRuns", "/app/runs", lambda row: wording.words(row["status"])),
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
    typed = request.args.get("q", "").strip()[:LONGEST]
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
    looks = [functools.partial(api_client.get, service, path, q=typed) for service, path in OWNERS.items()]
    asked = api_client.together(*(functools.partial(api_client.optional, "", look, {}) for look in looks))
    answers = dict(zip(OWNERS, asked, strict=True))
    groups, away = [], []
    for kind in KINDS:
        answer, down = answers[kind.service]
        if rows := answer.get(kind.part):
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
