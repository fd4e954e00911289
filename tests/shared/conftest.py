"""A small context of the tests' own, so that the plumbing is tested without any service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import peewee
import pytest

from shared import database, migrating
from shared.acts import Acts
from shared.columns import UtcDateTime
from shared.feed import Feed
from shared.reading import Reader


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
    """`make_shop("a")` -> a Shop on a database of its own."""

    def make(name: str = "shop") -> Shop:
        db = database.later()
        feed = Feed(name, db)

        class Thing(peewee.Model):
            id = peewee.TextField(primary_key=True)
            name = peewee.TextField(default="")
            size = peewee.IntegerField(default=0)
            at = UtcDateTime(null=True)

            class Meta:
                database = db

        database.connect(db, make_database_url(name))
        migrating.apply(db, tmp_path / "none")
        with database.session(db):
            db.create_tables([Thing])

        @feed.snapshot("thing")
        def things(ids: list[str]) -> dict[str, Any]:
            return {
                one.id: {"id": one.id, "tenantId": "demo", "name": one.name, "size": one.size}
                for one in Thing.select().where(Thing.id.in_(ids))
            }

        return Shop(db, feed, Acts(db, feed), Reader(feed), Thing)

    return make


@pytest.fixture
def shop(make_shop):
    """One shop with an open connection in the test's thread."""
    made = make_shop()
    with database.session(made.db):
        yield made
