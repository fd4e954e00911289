"""Files of every kind that a contract may come as, made by code: true ones, and ones that mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from email.message import EmailMessage

import docx
import pypdfium2

SENTENCE = "Either party may terminate this Agreement for convenience upon 60 days written notice."
HTML = b"<!DOCTYPE html><html><script>alert(1)</script><p>A contract</p></html>"
ENCRYPTED = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >> /ID [<00> <00>] " % (
    b"61" * 32,
    b"62" * 32,
)


def pdf(*pages: str, trailer: bytes = b"") -> bytes:
    """A PDF whose pages hold these lines of text."""
    return pdf_of([_drawing(page) for page in pages], trailer)


def encrypted_pdf() -> bytes:
    """A PDF that opens with a password only."""
    return pdf(SENTENCE, trailer=ENCRYPTED)


def scan(pages: int = 1) -> bytes:
    """A PDF with pages and no text."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def endless_pdf() -> bytes:
    """A small PDF whose one page draws twenty million letters, each by itself: it eats time and memory."""
    return pdf_of([b"BT /F1 12 Tf " + b"(x) Tj " * 20_000_000 + b" ET"])


def swelling_pdf() -> bytes:
    """A small PDF whose one page unpacks to 1.5 GB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(50_000_000)) for _ in range(30)) + packer.flush()
    return _assembled([packed], b"")


def pdf_of(drawings: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of pages that are drawn like this."""
    return _assembled([zlib.compress(drawing, 9) for drawing in drawings], trailer)


def _drawing(text: str) -> bytes:
    lines = (line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in text.split("\n"))
    shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    return f"BT /F1 10 Tf 40 780 Td {shown} ET".encode("latin-1")


def _assembled(packed: Sequence[bytes], trailer: bytes) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for drawing in packed:
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        )
        page = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R" % len(objects)
        objects.append(b"<< /Type /Page /Parent 2 0 R %s >>" % page)
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    out += b"trailer << /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, table)
    return bytes(out)


def word(*paragraphs: str, header: str = "", table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document with these paragraphs, then a table, under a header."""
    document = docx.Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, texts in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def zip_bomb() -> bytes:
    """A small Word document that unpacks to 300 MB."""
    return _with_member(word(SENTENCE), "word/media/bomb.bin", bytes(300_000_000))


def lying_zip_bomb() -> bytes:
    """A small Word document whose text unpacks to 300 MB, though its directory says that it is a few bytes."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word(SENTENCE))) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as swollen,
    ):
        for name in whole.namelist():
            content = whole.read(name)
            swollen.writestr(name, content + b" " * 300_000_000 if name == "word/document.xml" else content)
        length = swollen.getinfo("word/document.xml").file_size
    return file.getvalue().replace(struct.pack("<L", length), struct.pack("<L", 1_000))


def _with_member(archive: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as members:
        members.writestr(name, content)
    return file.getvalue()


def mail(text: str = "", *, html: str = "", attachments: Sequence[tuple[str, bytes]] = (), inner: bytes = b"") -> bytes:
    """An e-mail with a text, attachments, and perhaps another e-mail attached."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "The signed contract", "legal@acme.test", "ana@demo.test"
    message.set_content(text) if text or not html else message.set_content(html, subtype="html")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if inner:
        message.add_attachment(inner, maintype="application", subtype="octet-stream", filename="inner.eml")
    return bytes(message)
