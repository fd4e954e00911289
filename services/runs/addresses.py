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


def first_reachable(contacts: list[JsonObject] | None) -> JsonObject | None:
    """The first contact with a usable address, to whom mails and invitations go; None if there is none."""
    return next(
        (contact for contact in contacts or [] if contact.get("email") and is_address(str(contact["email"]))), None
    )


def of_contacts(contacts: list[JsonObject] | None) -> list[str]:
    """The address of the first contact with a usable one, as people type it; an empty list if there is none."""
    person = first_reachable(contacts)
    return [written(person)] if person else []
