"""The one database of runs, and what stands on it."""

from __future__ import annotations

from shared.audit import Acts
from shared.database import connection
from shared.database.model import Row
from shared.feed.changes import Feed
from shared.search.words import Words
from shared.web.idempotency import Idempotency

db = connection.unbound_database()
feed = Feed("runs", db)
acts = Acts(db, feed)
idempotency = Idempotency(db, feed)
words = Words(db)


class Table(Row):
    """Every table of this context is in its one database."""

    class Meta:
        database = db
