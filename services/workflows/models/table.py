"""The one database of workflows, and what stands on it."""

from __future__ import annotations

from shared import database
from shared.acts import Acts
from shared.feed import Feed
from shared.idempotency import Idempotency
from shared.rows import Row
from shared.scheduling import Schedules

db = database.later()
feed = Feed("workflows", db)
acts = Acts(db, feed)
idempotency = Idempotency(db, feed)
schedules = Schedules(db, feed)


class Table(Row):
    """Every table of this context is in its one database."""

    class Meta:
        database = db
