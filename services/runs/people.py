"""Whose a run or a step is: people of the tenant, told when something becomes theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from services.runs import models
from services.runs.models import GuidedRun, copies
from shared import ids
from shared.acts import By
from shared.errors import Invalid

MENTION = re.compile(r"@([^\s@]+@[^\s@,;:!?()<>]+|\w+(?:[ .'-]\w+){0,3})")


def require(by: By, owner: str | None) -> None:
    """Invalid when the owner is nobody who works here. Nobody at all, and oneself, are always right."""
    if owner in (None, by.id):
        return
    known = copies.people.known(by.tenant_id, str(owner))
    if known is None or not known.active:
        raise Invalid("There is no such person here.", errors={"owner": ["Not a person of this tenant."]})


def tell_of_assignment(by: By, run: GuidedRun, owner: str | None, what: str, part: str, now: datetime) -> None:
    """Tell somebody that a run or a step is theirs now, unless they took it themselves."""
    if owner and owner != by.id:
        notify(by, run, owner, "assigned", f"{what} is yours now", f"{by.name} gave it to you.", part, now)


def notify(by: By, run: GuidedRun, recipient: str, kind: str, title: str, body: str, part: str, now: datetime) -> None:
    """Ask the monitor to tell somebody about a run."""
    models.deliveries.notify(
        id=ids.named("notification", kind, run.id, part, recipient, now.isoformat()),
        tenant_id=run.tenant_id,
        recipient_id=recipient,
        kind=kind,
        title=title,
        body=body,
        link=f"/app/runs/{run.id}",
        by=by.as_json(),
        created_at=now,
    )


def mentioned(tenant_id: str, body: str, told: Iterable[str]) -> list[str]:
    """The ids of the people whom a text mentions as @Name or @address, and of those named besides. Invalid for an id of
    nobody here."""
    active = {person.id: person for person in copies.people.active(tenant_id)}
    found = []
    for person_id in told:
        if person_id not in active:
            raise Invalid("There is no such person here.", errors={"mentions": [f"Nobody here is {person_id}."]})
        found.append(person_id)
    for match in MENTION.finditer(body):
        found += _meant(match[1], active.values())
    return list(dict.fromkeys(found))


def _meant(text: str, people: Iterable[object]) -> list[str]:
    """Whom "@..." means: an address, else the longest name that the text begins with, else a first name that is one
    person's alone."""
    told = text.rstrip(".").casefold()
    everybody = list(people)
    by_address = [one.id for one in everybody if one.email.casefold() == told]  # type: ignore[attr-defined]
    if by_address:
        return by_address
    whole = sorted(
        (one for one in everybody if re.match(re.escape(one.name.casefold()) + r"\b", told)),  # type: ignore[attr-defined]
        key=lambda one: -len(one.name),  # type: ignore[attr-defined]
    )
    if whole:
        return [whole[0].id]  # type: ignore[attr-defined]
    first = re.split(r"\W", told)[0]
    named = [one.id for one in everybody if one.name.casefold().split()[0] == first]  # type: ignore[attr-defined]
    return named if len(named) == 1 else []
