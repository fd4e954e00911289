"""Finds the people whom a text mentions, as comments do: @Name or @address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from shared.ground.errors import Invalid

MENTION = re.compile(r"@([^\s@]+@[^\s@,;:!?()<>]+|\w+(?:[ .'-]\w+){0,3})")


class Person(Protocol):
    """Somebody who can be mentioned."""

    id: str
    name: str
    email: str


def mentioned(people: Iterable[Person], body: str, named: Iterable[str] = ()) -> list[str]:
    """The ids of those of `people` whom a text mentions, and of `named`, each once. Invalid for one of `named` who is
    none of them."""
    known = {person.id: person for person in people}
    mentions: list[str] = []
    for person_id in named:
        if person_id not in known:
            raise Invalid("There is no such person here.", errors={"mentions": [f"Nobody here is {person_id}."]})
        mentions.append(person_id)
    for match in MENTION.finditer(body):
        mentions += _meant(match[1], list(known.values()))
    return list(dict.fromkeys(mentions))


def _meant(text: str, people: list[Person]) -> list[str]:
    """The person whom "@..." mentions: by address, else by the longest matching name, else by a first name that only
    one person has."""
    words = text.rstrip(".").casefold()
    by_address = [person.id for person in people if person.email.casefold() == words]
    if by_address:
        return by_address
    by_name = [person for person in people if re.match(re.escape(person.name.casefold()) + r"\b", words)]
    if by_name:
        return [max(by_name, key=lambda person: len(person.name)).id]
    first = re.split(r"\W", words)[0]
    by_first_name = [person.id for person in people if person.name.casefold().split()[0] == first]
    return by_first_name if len(by_first_name) == 1 else []
