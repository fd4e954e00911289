"""The database of runs, with its base table, feed and audit trail."""

from __future__ import annotations

from shared.audit import Acts
from shared.csv_import.import_tables import ImportTables
from shared.database import connection
from shared.database.model import Row
from shared.database.one_time_work import OneTimeWork
from shared.feed.changes import Feed
from shared.search.words import Words
from shared.web.idempotency import Idempotency

db = connection.unbound_database()
feed = Feed("runs", db)
acts = Acts(db, feed)
idempotency = Idempotency(db, feed)
words = Words(db)
imports = ImportTables(db)
one_time_work = OneTimeWork(db)


class Table(Row):
    """The base class of this context's tables."""

    class Meta:
        database = db
