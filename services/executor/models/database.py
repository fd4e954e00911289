"""The executor's database, its feed and acts, and the base class of its tables."""

from __future__ import annotations

from shared.audit import Acts
from shared.database import connection
from shared.database.model import Row
from shared.feed.changes import Feed
from shared.search.words import Words
from shared.web.idempotency import Idempotency

db = connection.unbound_database()
feed = Feed("executor", db)
acts = Acts(db, feed)
idempotency = Idempotency(db, feed)
words = Words(db)


class Table(Row):
    """The base class of this context's tables."""

    class Meta:
        database = db
