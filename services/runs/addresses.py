"""E-mail addresses as people type them: "Name <a@b.org>" or plain (pure)."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

LONGEST = 254
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
DOMAIN = re.compile(r"(?=.{1,253}$)([^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")


def parsed(told: str) -> dict[str, str] | None:
    """`{name?, email}`, or None for what is no one address. A line break is in no address."""
    if CONTROL.search(told) or len(told) > 2 * LONGEST:
        return None
    name, email = parseaddr(told)
    bare = told.strip() == email or told.strip().endswith(f"<{email}>")
    if not bare or not is_address(email):
        return None
    return {"name": name, "email": email} if name else {"email": email}


def is_address(email: str) -> bool:
    """Whether it is one mailbox at a domain of at least two labels."""
    if not email or len(email) > LONGEST or CONTROL.search(email) or email.count("@") != 1:
        return False
    try:
        address = Address(addr_spec=email)
    except (MessageError, ValueError, IndexError):
        return False
    return bool(address.username) and bool(DOMAIN.fullmatch(address.domain)) and not re.search(r"\s", email)


def written(person: dict[str, Any]) -> str:
    """ "Name <a@b.org>", or the address alone."""
    name = CONTROL.sub(" ", str(person.get("name") or "")).replace('"', "'").strip()
    if not name:
        return str(person["email"])
    quoted = f'"{name}"' if re.search(r"[^\w\s.\'-]", name) else name
    return f"{quoted} <{person['email']}>"


def of_contacts(contacts: list[dict[str, Any]] | None) -> list[str]:
    """The main contact's address, as people type it; none where nobody has one that works."""
    for person in contacts or []:
        if person.get("email") and is_address(str(person["email"])):
            return [written(person)]
    return []
