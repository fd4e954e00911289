"""Plain text, in the encoding that it says or that it can only be."""

from __future__ import annotations

import charset_normalizer

from services.executor.documents.content import Content, Refused
from shared.contracts import document_files

MEDIA_TYPE = document_files.TXT.media_type
MOST_ACCENTS = 0.2


def read(content: bytes, most_pages: int) -> Content:
    """The text, which has no pages. Refused when it is in no known encoding."""
    return Content(decoded(content))


def decoded(content: bytes) -> str:
    """The text of these bytes: UTF-16 by its mark, UTF-8 where it is valid, Windows-1252 where few letters have accents,
    else what it most likely is."""
    if content.startswith(document_files.UTF_16):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1252" or _is_western(text):
            return text
    likely = charset_normalizer.from_bytes(content).best()
    if likely is None:
        raise Refused("It is in no encoding that is known here: save it as UTF-8, and add it again.")
    return str(likely)


def _is_western(text: str) -> bool:
    """Whether the letters with accents are few; in another encoding than Windows-1252 most would seem to have them."""
    letters = [character for character in text if character.isalpha()]
    return sum(not letter.isascii() for letter in letters) < len(letters) * MOST_ACCENTS
