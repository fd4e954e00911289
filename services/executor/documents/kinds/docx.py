"""Word documents, by python-docx: paragraphs and tables in their order, headers before and footers behind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from lxml.etree import LxmlError

from services.executor.documents.content import Content, Refused
from shared.contracts import document_files

MEDIA_TYPE = document_files.DOCX.media_type
MOST_MEMBERS, MOST_UNPACKED, MOST_TIMES = 5_000, 200_000_000, 200
SMALL = 10_000_000
"""An archive that unpacks to less is no bomb, however well it is packed."""

DEEPEST = 10
TRACKED = (qn("w:ins"), qn("w:del"))


def read(content: bytes, most_pages: int) -> Content:
    """The text of the document. It has no pages before it is printed. Refused when it is damaged, or unpacks to too
    much."""
    _refuse_bomb(content)
    try:
        document = docx.Document(io.BytesIO(content))
        blocks = [*_headers(document, "header"), *_blocks(document), *_headers(document, "footer")]
        tracked = any(next(document.element.iter(tag), None) is not None for tag in TRACKED)
    except (OpcError, LxmlError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, RecursionError) as error:
        raise Refused("It is damaged: it cannot be opened as a Word document.") from error
    problems = ["It has tracked changes; what they insert is not in this text: accept them, and add it again."]
    return Content("\n\n".join(blocks), None, problems if tracked else [])


def _refuse_bomb(content: bytes) -> None:
    """Refuse an archive that would unpack to too much. What a member unpacks to is never more than what it declares."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused("It is damaged: it cannot be unpacked as a Word document.") from error
    if any(member.flag_bits & 1 for member in members):
        raise Refused("It is encrypted: save it without a password, and add it again.")
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or unpacked > max(SMALL, MOST_TIMES * len(content)):
        raise Refused(
            f"It would unpack to {unpacked // 1_000_000:,} MB, far more than a document does: a file made to do harm"
            " (a zip bomb)."
        )


def _blocks(part: Any, depth: int = 0) -> Iterator[str]:
    """The paragraphs and tables of a document, a cell, a header or a footer, in their order."""
    for block in part.iter_inner_content():
        if not isinstance(block, Table):
            yield from filter(str.strip, [block.text])
        elif depth < DEEPEST:
            yield from _rows(block, depth)


def _rows(table: Table, depth: int) -> Iterator[str]:
    """Each row of a table on a line; a merged cell once."""
    for row in table.rows:
        cells: list[str] = []
        seen: set[Any] = set()
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                cells.append(_text_of(cell, depth))
        if any(cells):
            yield " | ".join(cells)


def _text_of(cell: _Cell, depth: int) -> str:
    return "\n".join(_blocks(cell, depth + 1)).strip()


def _headers(document: Document, which: str) -> Iterator[str]:
    """The headers or footers of all sections, each text once."""
    texts: dict[str, None] = {}
    for section in document.sections:
        for kind in ("", "first_page_", "even_page_"):
            part = getattr(section, kind + which)
            if not part.is_linked_to_previous:
                texts |= dict.fromkeys(_blocks(part))
    yield from texts
