"""PDF, by pypdfium2."""

from __future__ import annotations

import re
from contextlib import closing

import pypdfium2
from pypdfium2 import raw

from services.executor.documents.content import Content, Refused
from shared.contracts import document_files

MEDIA_TYPE = document_files.PDF.media_type
HYPHENATED = re.compile("[\x02\ufffe](?:\r?\n)?")
"""A word that is broken at the end of a line, as PDFium marks it."""


def read(content: bytes, most_pages: int) -> Content:
    """The text of all pages. Refused when it is encrypted, damaged, or has too many pages."""
    with closing(_open(content)) as document:
        pages = len(document)
        if pages > most_pages:
            raise Refused(f"It has {pages:,} pages, and files of at most {most_pages:,} are read.")
        texts, broken = [], []
        for number in range(pages):
            try:
                texts.append(_text_of(document, number))
            except pypdfium2.PdfiumError:
                broken.append(number + 1)
    if broken and len(broken) == pages:
        raise Refused("It is damaged: none of its pages can be opened.")
    problems = [f"Page {number:,} is damaged and was not read." for number in broken[:20]]
    return Content("\n".join(texts), pages, problems + _without_text(texts))


def _open(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise Refused("It is encrypted: save it without a password, and add it again.") from None
        raise Refused("It is damaged: it cannot be opened as a PDF.") from None


def _text_of(document: pypdfium2.PdfDocument, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        return HYPHENATED.sub("", text.get_text_range())


def _without_text(texts: list[str]) -> list[str]:
    """A sentence on pages without text in a file that has text elsewhere."""
    empty = [number for number, text in enumerate(texts, 1) if not text.strip()]
    if not empty or len(empty) == len(texts):
        return []
    named = ", ".join(map(str, empty[:10])) + (" and more" if len(empty) > 10 else "")
    return [f"Pages without text, as a scan has: {named}."]
