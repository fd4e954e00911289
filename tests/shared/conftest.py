"""A small context of the tests' own, so that the plumbing is tested without any service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import peewee
import pytest

from shared.audit import Acts
from shared.database import connection, schema_migrations
from shared.database.fields import UtcDateTime
from shared.feed.changes import Feed
from shared.feed.consumer import Reader


@dataclass
class Shop:
    """A context with one table, `thing`, published under the kind "thing"."""

    db: Any
    feed: Feed
    acts: Acts
    reader: Reader
    Thing: Any

    def put(self, thing_id: str, **values: Any) -> None:
        """Create or change a thing, marked in the same transaction."""
        with self.feed.transaction():
            values = {"size": 0} | values
            self.Thing.insert(id=thing_id, **values).on_conflict(
                conflict_target=[self.Thing.id],
                update={getattr(self.Thing, name): value for name, value in values.items()},
            ).execute()
            self.feed.mark("thing", thing_id, "demo")


@pytest.fixture
def make_shop(make_database_url, tmp_path):
    """`make_shop("a")` -> a Shop on a database of its own, whose connections end with the test."""
    databases = []

    def make(name: str = "shop") -> Shop:
        db = connection.unbound_database()
        databases.append(db)
        feed = Feed(name, db)

        class Thing(peewee.Model):
            id = peewee.TextField(primary_key=True)
            name = peewee.TextField(default="")
            size = peewee.IntegerField(default=0)
            at = UtcDateTime(null=True)

            class Meta:
                database = db

        connection.connect(db, make_database_url(name))
        schema_migrations.apply(db, tmp_path / "none")
        with connection.session(db):
            db.create_tables([Thing])

        @feed.snapshot("thing")
        def things(ids: list[str]) -> dict[str, Any]:
            return {
                one.id: {"id": one.id, "tenantId": "demo", "name": one.name, "size": one.size}
                for one in Thing.select().where(Thing.id.in_(ids))
            }

        return Shop(db, feed, Acts(db, feed), Reader(feed), Thing)

    yield make
    for db in databases:
        connection.unwrap(db).close_idle()


@pytest.fixture
def shop(make_shop):
    """One shop with an open connection in the test's thread."""
    made = make_shop()
    with connection.session(made.db):
        yield made
