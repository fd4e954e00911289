"""Notifies people about runs, and finds those whom a text mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.runs import models
from services.runs.models import GuidedRun, replicas
from shared.ground import ids
from shared.ground.errors import Invalid
from shared.ground.principal import Principal

MENTION = re.compile(r"@([^\s@]+@[^\s@,;:!?()<>]+|\w+(?:[ .'-]\w+){0,3})")


require = replicas.people.require


def notify_of_assignment(by: Principal, run: GuidedRun, owner: str | None, what: str, part: str, now: datetime) -> None:
    """Notify a new owner of a run or a step, unless they assigned it to themselves."""
    if owner and owner != by.id:
        notify(by, run, owner, "assigned", f"{what} is yours now", f"{by.name} gave it to you.", part, now)


def notify(
    by: Principal, run: GuidedRun, recipient: str, kind: str, title: str, body: str, part: str, now: datetime
) -> None:
    """Request a notification about a run from the monitor."""
    models.deliveries.notify(
        ids.named("notification", kind, run.id, part, recipient, now.isoformat()),
        tenant_id=run.tenant_id,
        source_id=run.id,
        recipient_id=recipient,
        kind=kind,
        title=title,
        body=body,
        link=f"/app/runs/{run.id}",
        by=by.as_json(),
        now=now,
    )


def mentioned(tenant_id: str, body: str, named: Iterable[str]) -> list[str]:
    """The ids of the active people whom a text mentions as @Name or @address, and of `named`. Invalid for one of
    `named` who is not active in the tenant."""
    active = {person.id: person for person in replicas.people.active(tenant_id)}
    mentions: list[str] = []
    for person_id in named:
        if person_id not in active:
            raise Invalid("There is no such person here.", errors={"mentions": [f"Nobody here is {person_id}."]})
        mentions.append(person_id)
    for match in MENTION.finditer(body):
        mentions += _meant(match[1], active.values())
    return list(dict.fromkeys(mentions))


def _meant(text: str, people: Iterable[Any]) -> list[str]:
    """The person whom "@..." mentions: by address, else by the longest matching name, else by a first name that only
    one person has."""
    words, everybody = text.rstrip(".").casefold(), list(people)
    by_address = [person.id for person in everybody if person.email.casefold() == words]
    if by_address:
        return by_address
    by_name = [person for person in everybody if re.match(re.escape(person.name.casefold()) + r"\b", words)]
    if by_name:
        return [max(by_name, key=lambda person: len(person.name)).id]
    first = re.split(r"\W", words)[0]
    by_first_name = [person.id for person in everybody if person.name.casefold().split()[0] == first]
    return by_first_name if len(by_first_name) == 1 else []
