"""The kinds of file that are read, one module each; each reads bytes and returns what it found, or refuses."""

from __future__ import annotations

from services.executor.documents.content import Content, tidied
from services.executor.documents.kinds import docx, eml, pdf, txt

_BY_MEDIA_TYPE = {kind.MEDIA_TYPE: kind.read for kind in (pdf, docx, txt, eml)}


def read(media_type: str, content: bytes, most_pages: int) -> Content:
    """What is in a file of this media type. Refused with the reason."""
    found = _BY_MEDIA_TYPE[media_type](content, most_pages)
    return Content(tidied(found.text), found.pages, found.problems)
