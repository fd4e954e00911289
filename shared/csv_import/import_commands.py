"""The commands of imports as dataclasses, and what comes of importing a file at once."""

from __future__ import annotations

from dataclasses import dataclass

from shared.csv_import import file_text
from shared.csv_import.import_parts import Receipt
from shared.csv_import.mapping import ColumnChoice


@dataclass(frozen=True)
class UploadedFile:
    """A file as it comes: its bytes, or its text. `encoding` is the chosen one."""

    content: bytes | str
    name: str = ""
    encoding: str | None = None

    def read(self) -> tuple[str, str]:
        """Its text and its encoding. Invalid as `file_text.decoded`."""
        if isinstance(self.content, str):
            return self.content.lstrip("\ufeff"), "utf-8"
        return file_text.decoded(self.content, self.encoding)


@dataclass(frozen=True, kw_only=True)
class TakeFile:
    """Take a file as an import of a kind, whose columns are proposed."""

    kind: str
    file: UploadedFile
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportDirectly:
    """Import a file, or a part of it, at once."""

    file: UploadedFile
    choice: ColumnChoice = ColumnChoice()
    dry_run: bool = False
    after: int = 0
    limit: int | None = None


@dataclass(frozen=True)
class Directly:
    """What came of importing a file at once; a dry run has no import."""

    receipts: list[Receipt]
    import_id: str | None = None
