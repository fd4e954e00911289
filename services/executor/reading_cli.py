"""The command `python -m services.executor read-text FILE...`: the texts of files, for whoever reads them further."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from services.executor.documents import DocumentReader, Limits, NotRead, Reading
from shared.contracts import document_files
from shared.ground.settings import Settings


def read_text(settings: Settings, words: Sequence[str]) -> int:
    """Print a line of JSON for each file: `{file, text, problems}`, or `{file, refused}` with the reason. Returns 0; whoever
    reads the lines says what was refused."""
    reader = DocumentReader(Limits(settings.reading_pages, settings.reading_seconds))
    for name in (word for word in words if word != "--"):
        try:
            found = _read(reader, Path(name), settings.file_bytes)
            answer = {"file": name, "text": found.text, "problems": list(found.problems)}
        except NotRead as error:
            answer = {"file": name, "refused": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return 0


def _read(reader: DocumentReader, path: Path, most_bytes: int) -> Reading:
    """The text of one file. NotRead with the reason and with what to do."""
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise NotRead("There is no such file: look at its name and folder.") from None
    except OSError as error:
        raise NotRead(f"It cannot be opened ({error.strerror}): give the name of a file that you may read.") from None
    if len(content) > most_bytes:
        raise NotRead(f"It has more than {most_bytes / 1e6:,.0f} MB: split it, or raise TANDEM_FILE_BYTES.")
    if not content.strip():
        raise NotRead("It is empty.")
    kind = document_files.by_name(path.name) or document_files.TXT
    if not kind.fits(content):
        raise NotRead(
            f"It is {document_files.what_it_is(content)}, and is read as {kind.words}: save it as what it is."
        )
    return reader.read(content, kind, lambda: None)
