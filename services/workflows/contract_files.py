"""Checks a file that is given as a contract by its name and by its own first bytes."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts import document_files
from shared.contracts.document_files import DocumentKind
from shared.contracts.strict import CONTROL
from shared.ground.errors import Invalid, TooLarge

LONGEST_NAME = 200


@dataclass(frozen=True)
class ContractFile:
    """A file that may be put on file: its name without folders, its kind and its content."""

    name: str
    kind: DocumentKind
    content: bytes

    @property
    def title(self) -> str:
        """What the contract is called when nobody says otherwise."""
        return self.name[: -len(self.kind.extension)].strip() or self.name


def checked(name: str, content: bytes, longest: int) -> ContractFile:
    """The file, if it is what its name says, and of a kind that is read. Invalid, with the reason; TooLarge."""
    plain = CONTROL.sub("", name.replace("\\", "/").rpartition("/")[2]).strip()
    kind = document_files.by_name(plain)
    if kind is None:
        known = ", ".join(kind.extension[1:].upper() for kind in document_files.KINDS)
        raise _refused(f"“{_cut(plain)}” is not named as one of the kinds that are read: {known}.")
    if not content:
        raise _refused(f"“{_cut(plain)}” is empty.")
    if len(content) > longest:
        raise TooLarge(f"“{_cut(plain)}” is too large: at most {longest:,} bytes are taken.")
    if not kind.fits(content):
        what = document_files.what_it_is(content)
        raise _refused(f"“{_cut(plain)}” is named as {kind.words}, and its content is {what}.")
    return ContractFile(_short(plain, kind), kind, content)


def _short(name: str, kind: DocumentKind) -> str:
    """The name, cut before its extension where it is too long."""
    stem = name[: -len(kind.extension)]
    return stem[: LONGEST_NAME - len(kind.extension)] + name[-len(kind.extension) :]


def _cut(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:80]}…"


def _refused(why: str) -> Invalid:
    return Invalid(why, errors={"file": [why]})
