"""The version of what is answered, as an ETag, and the version that a change expects, as If-Match."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, g, request

from shared.ground import errors

TAG = re.compile(r'(?:W/)?"v(\d{1,18})"')


def tagged(body: Any, version: int) -> Any:
    """Return `body`, and set the ETag of this version on the response."""
    g.etag = f"v{version}"
    return body


def if_match() -> int | None:
    """The version in the If-Match header; None when there is none, or `*`. Stale when the tag is not one of
    ours."""
    tag = request.headers.get("If-Match", "").strip()
    if tag in ("", "*"):
        return None
    match = TAG.fullmatch(tag)
    if not match:
        raise errors.Stale("This has changed since you read it, or its ETag is not one of ours. Read it again.")
    return int(match[1])


def attach(response: Response) -> None:
    """Set the ETag of a tagged answer; its body is left out for a caller who has this version."""
    if "etag" in g:
        response.set_etag(g.etag)
        response.make_conditional(request)
