"""Reads and writes e-mail addresses as people type them: "Name <a@b.org>" or plain."""

from __future__ import annotations

import re
from email.utils import parseaddr

from shared.contracts.email_addresses import LONGEST, is_address
from shared.ground.json_types import JsonObject

CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def parsed(text: str) -> dict[str, str] | None:
    """`{name?, email}`, or None if the text is not exactly one address on one line."""
    if CONTROL.search(text) or len(text) > 2 * LONGEST:
        return None
    name, email = parseaddr(text)
    bare = text.strip() == email or text.strip().endswith(f"<{email}>")
    if not bare or not is_address(email):
        return None
    return {"name": name, "email": email} if name else {"email": email}


def written(person: JsonObject) -> str:
    """The address as "Name <a@b.org>", or alone without a name."""
    name = CONTROL.sub(" ", str(person.get("name") or "")).replace('"', "'").strip()
    if not name:
        return str(person["email"])
    quoted = f'"{name}"' if re.search(r"[^\w\s.\'-]", name) else name
    return f"{quoted} <{person['email']}>"


def of_contacts(contacts: list[JsonObject] | None) -> list[str]:
    """The first usable address of the contacts, as people type it; an empty list if there is none."""
    for person in contacts or []:
        if person.get("email") and is_address(str(person["email"])):
            return [written(person)]
    return []
