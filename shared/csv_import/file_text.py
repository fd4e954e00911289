"""Reads the bytes of a file as text: UTF-8, UTF-16 and UTF-32 by what they hold, Windows-1252 where it can be nothing else."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from shared.ground.errors import Invalid

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western European)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "mac_roman": "Macintosh",
}
"""The encodings that a person may choose, with their names."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The byte order marks; the longer one comes first where one begins with another."""

OTHER_FILES = (
    (b"PK\x03\x04", "a spreadsheet or an archive"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet"),
    (b"%PDF", "a PDF"),
)
"""How files begin that people take for a CSV file."""

OTHER_ALPHABETS = ("cp1251", "cp1253", "cp932", "gb18030")
"""Encodings of other alphabets; those of Latin letters cannot be told from Windows-1252."""

LOOKED_AT = 100_000
"""Bytes that are enough to tell an alphabet."""

_WITHOUT_LATIN = re.compile(rb"[\x80-\xff]{3,}")
"""Letters of another alphabet follow one another; no word of a language that is written in Windows-1252 is all accents."""


def decoded(raw: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file and its encoding, which is the chosen one or what it can only be.

    Invalid, under `csv`, when it is no text, is not in the chosen encoding, or looks like another alphabet and none was
    chosen.
    """
    if what := next((what for begins, what in OTHER_FILES if raw.startswith(begins)), None):
        raise _refused(f"It is {what}, not a CSV file. Open it and save it as CSV; spreadsheets call that “CSV UTF-8”.")
    encoding = encoding or _marked(raw) or _unmarked(raw)
    try:
        text = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError):
        raise _refused(
            f"It is not {ENCODINGS.get(encoding, encoding)}. Choose another encoding, or save it as UTF-8."
        ) from None
    if "\x00" in text:
        raise _refused("It is not a text: it holds a NUL character. Save it as CSV in UTF-8.")
    return text, encoding


def _refused(reason: str) -> Invalid:
    return Invalid("This file is not one that can be read.", errors={"csv": [reason]})


def _marked(raw: bytes) -> str | None:
    return next((encoding for mark, encoding in MARKS if raw.startswith(mark)), None)


def _unmarked(raw: bytes) -> str:
    """The encoding of a file without a byte order mark: what it can only be, else Windows-1252."""
    if (wide := _wide(raw[:LOOKED_AT])) is not None:
        return wide
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _western(raw[:LOOKED_AT])
    return "utf-8"


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: in Latin text every other byte is 0."""
    half = len(raw) // 2
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        if half and raw[first::2].count(0) > 0.4 * half and not raw[1 - first :: 2].count(0):
            return encoding
    return None


def _western(raw: bytes) -> str:
    """`cp1252`. Invalid, naming it, when most of what is not ASCII reads as another alphabet."""
    foreign = sum(map(len, _WITHOUT_LATIN.findall(raw)))
    if 2 * foreign <= sum(byte > 0x7F for byte in raw):
        return "cp1252"
    found = from_bytes(raw, cp_isolation=list(OTHER_ALPHABETS)).best()
    name = ENCODINGS.get(found.encoding, found.encoding) if found else "another alphabet"
    raise _refused(f"It is not UTF-8, and looks like {name}. Choose its encoding, or save it as UTF-8.")
