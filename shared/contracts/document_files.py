"""The kinds of document that a person may put on file: how each is named, how it begins, and how it is served."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

LOOKED_AT = 4096
"""The bytes at the beginning of a file that say what it is."""

MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an Office document that is encrypted or of the old kind"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"{\\rtf", "a document in RTF"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)
"""How files begin that a text never does."""

HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|script|svg|\?xml)\b", re.IGNORECASE)
HEADER = re.compile(rb"\s*(?:From [^\n]{1,300}\n)?[!-9;-~]{1,80}:[^\n]{0,2000}(?:\n|$)")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_8_MARK = b"\xef\xbb\xbf"
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
MOST_CONTROLS = 0.01


@dataclass(frozen=True)
class DocumentKind:
    """One kind: its extension, its media type, what people call it, and whether a content is of it."""

    extension: str
    media_type: str
    words: str
    fits: Callable[[bytes], bool]


def _marked(content: bytes) -> str | None:
    """What a file of a known beginning is."""
    return next((words for mark, words in MARKS if content.startswith(mark)), None)


def _is_html(content: bytes) -> bool:
    return bool(HTML.match(content[:LOOKED_AT].removeprefix(UTF_8_MARK)))


def _is_pdf(content: bytes) -> bool:
    # Readers of PDF accept a mark that is not at the very beginning.
    return b"%PDF-" in content[:1024] and not _is_html(content)


def _is_docx(content: bytes) -> bool:
    # The names of an archive's members are not compressed.
    return content.startswith(b"PK\x03\x04") and b"word/" in content


def _is_text(content: bytes) -> bool:
    if content.startswith(UTF_16):
        return True
    beginning = content[:LOOKED_AT]
    controls = len(beginning) - len(beginning.translate(None, CONTROLS))
    return _marked(content) is None and controls <= len(beginning) * MOST_CONTROLS


def _is_mail(content: bytes) -> bool:
    return _is_text(content) and bool(HEADER.match(content[:LOOKED_AT].removeprefix(UTF_8_MARK)))


PDF = DocumentKind(".pdf", "application/pdf", "a PDF", _is_pdf)
DOCX = DocumentKind(
    ".docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "a Word document (DOCX)",
    _is_docx,
)
TXT = DocumentKind(".txt", "text/plain", "a text (TXT)", _is_text)
EML = DocumentKind(".eml", "message/rfc822", "an e-mail (EML)", _is_mail)

KINDS = (PDF, DOCX, TXT, EML)
MEDIA_TYPES = tuple(kind.media_type for kind in KINDS)
EXTENSIONS = tuple(kind.extension for kind in KINDS)


def by_name(name: str) -> DocumentKind | None:
    """The kind that a file's name says, or None for none of ours."""
    extension = PurePosixPath(name.lower()).suffix
    return next((kind for kind in KINDS if kind.extension == extension), None)


def by_media_type(media_type: str) -> DocumentKind | None:
    """The kind of a media type, or None for none of ours."""
    return next((kind for kind in KINDS if kind.media_type == media_type), None)


def what_it_is(content: bytes) -> str:
    """What a content is, in words, whatever it is called."""
    if _is_docx(content):
        return DOCX.words
    if _is_pdf(content):
        return PDF.words
    if _is_html(content):
        return "a web page or other markup"
    if marked := _marked(content):
        return marked
    return "a text" if _is_text(content) else "of no kind that is known here"
