"""Questions of a page to the contexts that own what it shows; each may be away without the page going."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from services.monitor import clients
from shared import web
from shared.acts import By
from shared.errors import Unavailable


class Away(NamedTuple):
    """A context that did not answer, and what the page loses by it, as a sentence."""

    service: str
    loses: str


def get(service: str, path: str, by: By | None = None, **params: Any) -> dict[str, Any]:
    """What the context answers to this person, with its ETag as `version`. Parameters that are None are left out."""
    asked = {name: value for name, value in params.items() if value is not None}
    answer = clients.to(service).ask("GET", path, params=asked, as_person=by or web.by())
    body = answer.json()
    tag = re.fullmatch(r'(?:W/)?"v(\d+)"', answer.headers.get("ETag", ""))
    return body | {"version": int(tag[1])} if tag and isinstance(body, dict) else body


def send(
    service: str,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    version: str | None = None,
    key: str | None = None,
) -> Any:
    """A command of this person: `version` is what their form showed (If-Match), `key` makes a creation happen once."""
    headers = ({"If-Match": f'"v{version}"'} if version else {}) | ({"Idempotency-Key": key} if key else {})
    answer = clients.to(service).ask(method, path, json=dict(body or {}), as_person=web.by(), headers=headers)
    return answer.json() if answer.content else None


def part(loses: str, question: Callable[[], Any], nothing: Any) -> tuple[Any, Away | None]:
    """The answer and None; or `nothing` and who is away, for the part of a page that can be missing."""
    try:
        return question(), None
    except Unavailable as error:
        return nothing, Away(str(error.details.get("service", "A part")), loses)
