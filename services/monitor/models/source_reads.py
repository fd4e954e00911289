"""When the feed of each source was last read to its end."""

from __future__ import annotations

from datetime import datetime

from peewee import TextField

from services.monitor.models import Table
from shared.database.fields import UtcDateTime


class SourceRead(Table):
    """The time of the last request of the last read that left nothing of a source unread."""

    source = TextField(primary_key=True)
    at = UtcDateTime()

    class Meta:
        table_name = "source_look"


def record(source: str, at: datetime) -> None:
    """Write the time of a read. Ignored if a later one is stored."""
    SourceRead.insert(source=source, at=at).on_conflict(
        conflict_target=[SourceRead.source], update={SourceRead.at: at}, where=SourceRead.at < at
    ).execute()


def all_last() -> dict[str, datetime]:
    """The time of the last read of each source that was read."""
    return {read.source: read.at for read in SourceRead.select()}
