"""Sends a CSV file to the service that owns its rows, part by part, and reads what became of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.ground.errors import Invalid
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal
from shared.ground.settings import Settings
from shared.web import service_client

DOORS = {
    "customers": ("workflows", "/api/customers/import"),
    "contacts": ("workflows", "/api/contacts/import"),
    "usage-readings": ("workflows", "/api/customers/usage/import"),
    "partnerships": ("runs", "/api/partnerships/import"),
}
"""What can be imported at once: the service that owns the rows, and its route."""

ROWS_PER_REQUEST = 500
"""Rows sent in one request, so that a long file is answered while it is read and no answer takes long."""

FUTURE = {
    "created": "will be created",
    "updated": "will be changed",
    "unchanged": "stays as it is",
    "refused": "is refused",
}
"""The outcomes of a row as a dry run says them."""

SECONDS = 60
"""How long one request may take."""


@dataclass(frozen=True)
class ImportedRow:
    """What became of a row of the file, or would become of it."""

    number: int
    outcome: str
    name: str
    reason: str

    @classmethod
    def of(cls, receipt: JsonObject) -> ImportedRow:
        """The row of a receipt; runs numbers lines and gives reasons, workflows numbers rows and gives a reason."""
        return cls(
            number=int(receipt["line"] if "line" in receipt else receipt["row"]),
            outcome=receipt["outcome"],
            name=receipt.get("name") or "",
            reason="; ".join(receipt["reasons"]) if "reasons" in receipt else receipt["reason"] or "",
        )


def read(file: Path) -> bytes:
    """The content of a file. Invalid when it is empty."""
    content = file.read_bytes()
    if not content.strip():
        raise Invalid(f"{file} is empty.")
    return content


def send(
    settings: Settings,
    what: str,
    file: tuple[str, bytes],
    choices: Mapping[str, str | None],
    *,
    dry_run: bool,
    person: Principal,
) -> Iterator[ImportedRow]:
    """Import a file, `(name, content)`, and yield its rows as they are answered. `choices` are form fields, such as
    `dateOrder`; None leaves one out."""
    service, path = DOORS[what]
    client = service_client.Client(settings, service, timeout=SECONDS)
    form = {"dryRun": "true" if dry_run else "false", "limit": str(ROWS_PER_REQUEST)}
    form |= {name: choice for name, choice in choices.items() if choice}
    after = 0
    while True:
        answer = client.ask("POST", path, content={**form, "after": str(after)}, files={"file": file}, as_person=person)
        rows = [ImportedRow.of(receipt) for receipt in client.body_of(answer)["rows"]]
        yield from rows
        if len(rows) < ROWS_PER_REQUEST:
            return
        after = rows[-1].number
