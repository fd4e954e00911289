"""The one database of runs, and what stands on it."""

from __future__ import annotations

from shared import database
from shared.acts import Acts
from shared.feed import Feed
from shared.idempotency import Idempotency
from shared.rows import Row

db = database.later()
feed = Feed("runs", db)
acts = Acts(db, feed)
idempotency = Idempotency(db, feed)


class Table(Row):
    """Every table of this context is in its one database."""

    class Meta:
        database = db
