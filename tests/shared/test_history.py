"""A database that was put back from an older copy: its feed begins anew, and every reader ends with what stands in it."""

from __future__ import annotations

import pytest

from shared.contracts.changes import Seen
from shared.database import connection
from shared.feed.changes import Feed


@pytest.fixture
def source(make_shop):
    made = make_shop("source")
    with connection.session(made.db):
        yield made


@pytest.fixture
def copy(make_shop):
    """A reader of the source's things that keeps the version of each, and forgets what the source no longer has."""
    made = make_shop("copy")
    versions: dict[str, int] = {}

    @made.reader.applies("source", "thing")
    def apply(change):
        if versions.get(change.subject, 0) >= change.version:
            return
        versions[change.subject] = change.version
        if change.deleted:
            made.Thing.delete().where(made.Thing.id == change.subject).execute()
            versions.pop(change.subject)
        else:
            made.put(change.subject, size=change.data["size"])

    @made.reader.forgets("source", "thing")
    def older(version, limit):
        return [(subject, "demo") for subject, known in versions.items() if known < version][:limit]

    return made


def read(copy, source):
    copy.reader.follow("source", source.feed.changes)
    with connection.session(copy.db):
        return {thing.id: thing.size for thing in copy.Thing.select()}


class Kept:
    """What a shop holds at one moment, to be put back later."""

    def __init__(self, shop):
        self.shop = shop
        self.tables = [*vars(shop.feed.tables).values(), shop.Thing]
        self.rows = [list(table.select().dicts()) for table in self.tables]

    def put_back(self):
        with connection.session(self.shop.db), self.shop.db.atomic():
            for table, rows in zip(self.tables, self.rows, strict=True):
                table.delete().execute()
                for row in rows:
                    table.insert(**row).execute()


def restart(shop):
    """The same database as another process finds it."""
    feed = Feed("source", shop.db)
    feed.snapshots = shop.feed.snapshots
    shop.feed = feed


@pytest.mark.parametrize("later", [0, 1, 7], ids=["nothing new", "less than was lost", "more than was lost"])
@pytest.mark.parametrize("process", ["the same process", "a new process"])
def test_a_reader_ends_with_what_stands_in_a_database_that_was_put_back(source, copy, later, process):
    source.put("changed", size=1)
    source.put("lost later", size=1)
    assert read(copy, source) == {"changed": 1, "lost later": 1}
    backup = Kept(source)
    source.put("changed", size=2)
    for number in range(3):
        source.put(f"lost {number}", size=number)
    assert len(read(copy, source)) == 5

    backup.put_back()
    if process == "a new process":
        restart(source)
    for number in range(later):
        source.put(f"new {number}", size=number)
        source.feed.assign_positions()
    expected = {"changed": 1, "lost later": 1} | {f"new {number}": number for number in range(later)}
    assert read(copy, source) == expected
    source.put("changed", size=3)
    assert read(copy, source) == expected | {"changed": 3}


def test_a_subject_is_believed_whose_version_lay_behind_what_was_told(source, copy):
    source.put("a", size=1)
    read(copy, source)
    backup = Kept(source)
    for size in range(2, 30):
        source.put("a", size=size)
    read(copy, source)
    backup.put_back()
    source.put("a", size=100)
    assert read(copy, source) == {"a": 100}


def test_what_was_lost_and_made_again_is_there(source, copy):
    backup = Kept(source)
    source.put("a", size=1)
    read(copy, source)
    backup.put_back()
    restart(source)
    source.put("b", size=1)
    assert read(copy, source) == {"b": 1}
    source.put("a", size=2)
    assert read(copy, source) == {"a": 2, "b": 1}


def test_a_restart_alone_makes_nobody_read_again(source, copy):
    source.put("a", size=1)
    read(copy, source)
    epoch = source.feed.changes(0, ["thing"], 1)["epoch"]
    for number in range(5):
        restart(source)
        source.put(f"b{number}")
        assert copy.reader.follow("source", source.feed.changes) == 1
    assert source.feed.changes(0, ["thing"], 1)["epoch"] == epoch


def test_two_processes_that_give_positions_in_turn_begin_one_generation_each(source):
    other = Feed("source", source.db)
    other.snapshots = source.feed.snapshots
    for number in range(6):
        source.put(f"t{number}")
        (source.feed, other)[number % 2].assign_positions()
    assert source.feed.tables.generation.select().count() == 2


def test_a_reader_that_was_put_back_itself_just_reads_on(source, copy):
    source.put("a", size=1)
    read(copy, source)
    with connection.session(copy.db):
        cursors = list(copy.feed.tables.cursor.select().dicts())
    source.put("b", size=1)
    read(copy, source)
    restart(source)
    source.put("c", size=1)
    epoch = source.feed.changes(0, ["thing"], 1)["epoch"]
    with connection.session(copy.db):
        copy.feed.tables.cursor.update(**cursors[0]).execute()
    assert read(copy, source) == {"a": 1, "b": 1, "c": 1}
    assert source.feed.changes(0, ["thing"], 1)["epoch"] == epoch


def test_positions_are_never_given_twice(source):
    source.put("a")
    before = source.feed.changes(0, ["thing"], 10)
    source.feed.history.begin_epoch(before["next"])
    source.put("b")
    assert source.feed.head() > before["next"] + 1000


def test_two_readers_who_notice_at_once_make_it_begin_anew_once(source):
    source.put("a")
    told = source.feed.changes(0, ["thing"], 10)
    seen = Seen(told["epoch"], told["generation"])
    first = source.feed.changes(told["next"] + 5, ["thing"], 10, seen)
    second = source.feed.changes(told["next"] + 5, ["thing"], 10, seen)
    assert first["epoch"] == second["epoch"] != told["epoch"]
