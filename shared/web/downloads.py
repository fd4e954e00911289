"""Answers with a file that somebody else has made: a browser saves it, and never shows or runs it."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Response

ANY_TYPE = "application/octet-stream"
UNSAFE = re.compile(r"[^A-Za-z0-9 ._()\-]")


def answer(content: bytes, name: str, media_type: str) -> Response:
    """The content as a download of this name (RFC 6266)."""
    plain = UNSAFE.sub("_", name)[:200] or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:200], safe='')}"
    headers = {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(content, content_type=media_type, headers=headers)
