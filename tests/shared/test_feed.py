"""The feed: marks and numbers in commit order, whole snapshots, readers that lose nothing and double nothing."""

from __future__ import annotations

import threading
import time

import pytest

from shared.database import connection
from shared.ground.principal import Principal
from tests.conftest import NOON


def subjects(answer):
    return [change["subject"] for change in answer["changes"]]


def test_a_change_and_its_mark_are_one_transaction(shop):
    with pytest.raises(ValueError, match="changed my mind"), shop.feed.transaction():
        shop.Thing.create(id="a")
        shop.feed.mark("thing", "a", "demo")
        raise ValueError("changed my mind")
    assert subjects(shop.feed.changes(0, ["thing"], 10)) == []
    assert shop.Thing.select().count() == 0


def test_a_mark_outside_a_transaction_is_an_error(shop):
    with pytest.raises(RuntimeError, match="outside"):
        shop.feed.mark("thing", "a", "demo")


def test_a_kind_without_a_snapshot_cannot_be_marked(shop):
    with pytest.raises(RuntimeError, match="no snapshot"), shop.feed.transaction():
        shop.feed.mark("ghost", "a", "demo")


def test_a_subject_stands_once_and_at_its_newest_version(shop):
    for size in range(3):
        shop.put("a", size=size)
    shop.put("b")
    answer = shop.feed.changes(0, ["thing"], 10)
    assert subjects(answer) == ["a", "b"]
    assert answer["changes"][0]["version"] == answer["changes"][1]["version"] + 2
    assert answer["changes"][0]["data"]["size"] == 2


def test_a_changed_subject_moves_behind_what_was_read(shop):
    shop.put("a")
    shop.put("b")
    first = shop.feed.changes(0, ["thing"], 10)
    shop.put("a", size=9)
    assert subjects(shop.feed.changes(first["next"], ["thing"], 10)) == ["a"]


def test_a_subject_that_is_gone_is_told_as_deleted(shop):
    shop.put("a")
    with shop.feed.transaction():
        shop.Thing.delete().execute()
        shop.feed.mark("thing", "a", "demo")
    change = shop.feed.changes(0, ["thing"], 10)["changes"][0]
    assert change["deleted"]
    assert change["data"] == {"id": "a", "tenantId": "demo"}


def test_a_failed_savepoint_takes_its_marks_back(shop):
    with shop.feed.transaction():
        shop.Thing.create(id="good")
        shop.feed.mark("thing", "good", "demo")
        with pytest.raises(ValueError, match="bad"), shop.feed.savepoint():
            shop.feed.mark("thing", "bad", "demo")
            raise ValueError("bad")
    assert subjects(shop.feed.changes(0, ["thing"], 10)) == ["good"]


def test_the_flag_is_set_after_the_commit_and_only_then(shop):
    rung = []
    shop.feed.on_news = lambda kinds: rung.append(shop.db.in_transaction())
    shop.put("a")
    assert rung == [False]


def test_pages_of_the_feed_leave_nothing_out(shop):
    for number in range(25):
        shop.put(f"t{number:02}")
    seen, after = [], 0
    while True:
        answer = shop.feed.changes(after, ["thing"], 10)
        seen += subjects(answer)
        after = answer["next"]
        if not answer["more"]:
            break
    assert sorted(seen) == [f"t{number:02}" for number in range(25)]


def test_numbers_follow_commit_order_under_concurrent_writers(make_shop):
    """A reader that follows while eight threads commit sees each last state, and never skips one for good."""
    shop = make_shop()
    done = threading.Event()
    seen: dict[str, tuple[int, int]] = {}

    def write(worker: int) -> None:
        for size in range(15):
            shop.put(f"w{worker}-{size % 5}", size=size)

    def read() -> None:
        after = 0
        while True:
            finished = done.is_set()
            answer = shop.feed.changes(after, ["thing"], 7)
            for change in answer["changes"]:
                size, version = seen.get(change["subject"], (0, 0))
                assert change["version"] >= version
                assert change["data"]["size"] >= size
                seen[change["subject"]] = change["data"]["size"], change["version"]
            after = answer["next"]
            if finished and not answer["changes"]:
                return

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join(30)
    assert not reader.is_alive()
    assert {subject: size for subject, (size, _) in seen.items()} == {
        f"w{worker}-{rest}": rest + 10 for worker in range(8) for rest in range(5)
    }


class TestReader:
    @pytest.fixture
    def source(self, make_shop):
        return make_shop("source")

    @pytest.fixture
    def copy(self, make_shop):
        made = make_shop("copy")

        @made.reader.applies("source", "thing")
        def keep(change):
            if change.data.get("name") == "poison":
                raise ValueError("this cannot be applied")
            made.Thing.insert(id=change.subject, size=change.data["size"]).on_conflict(
                conflict_target=[made.Thing.id], update={made.Thing.size: change.data["size"]}
            ).execute()

        return made

    def sizes(self, copy):
        with connection.session(copy.db):
            return {one.id: one.size for one in copy.Thing.select()}

    def test_it_copies_all_and_only_once(self, source, copy):
        for number in range(5):
            source.put(f"t{number}", size=number)
        assert copy.reader.follow("source", source.feed.changes) == 5
        assert copy.reader.follow("source", source.feed.changes) == 0
        assert self.sizes(copy) == {f"t{number}": number for number in range(5)}

    def test_what_cannot_be_applied_is_parked_and_passed(self, source, copy):
        source.put("a", size=1)
        source.put("bad", name="poison")
        source.put("z", size=3)
        copy.reader.follow("source", source.feed.changes)
        assert self.sizes(copy) == {"a": 1, "z": 3}
        with connection.session(copy.db):
            assert copy.reader.parked() == 1
        source.put("bad", name="cured", size=2)
        copy.reader.follow("source", source.feed.changes)
        with connection.session(copy.db):
            assert copy.reader.parked() == 0
        assert self.sizes(copy)["bad"] == 2

    def test_another_epoch_means_begin_at_the_beginning(self, source, copy, make_shop):
        source.put("a", size=1)
        copy.reader.follow("source", source.feed.changes)
        time.sleep(0.002)
        other = make_shop("source")
        other.put("a", size=7)
        assert (
            other.feed.changes(0, ["thing"], 1)["changes"][0]["version"]
            > source.feed.changes(0, ["thing"], 1)["changes"][0]["version"]
        )
        assert copy.reader.follow("source", other.feed.changes) == 1
        assert self.sizes(copy) == {"a": 7}

    def test_two_readers_of_one_cursor_do_not_apply_twice(self, source, copy):
        for number in range(300):
            source.put(f"t{number:03}", size=number)
        applied = []
        threads = [
            threading.Thread(target=lambda: applied.append(copy.reader.follow("source", source.feed.changes)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(applied) == 300
        assert len(self.sizes(copy)) == 300

    def test_a_new_kind_is_read_from_its_beginning(self, source, copy):
        source.put("a", size=1)
        copy.reader.follow("source", source.feed.changes)
        heard = []
        copy.reader.applies("source", "act")(lambda change: heard.append(change.subject))
        with source.feed.transaction():
            source.acts.record(Principal.service("test", "demo"), "did", "thing", "a", now=NOON)
        copy.reader.follow("source", source.feed.changes)
        assert len(heard) == 1
        assert copy.reader.follow("source", source.feed.changes) == 0


def batch_of(shop, reader, *names):
    """Let a reader of the shop apply these things in one batch."""
    for name in names:
        shop.put(name)
    return reader.follow("shop", shop.feed.changes)


def test_what_is_wanted_once_is_done_once_a_batch_and_after_all_of_it(make_shop):
    shop, reading = make_shop("shop"), make_shop("reading")
    order = []

    @reading.reader.applies("shop", "thing")
    def keep(change):
        order.append(change.subject)
        change.once("sum", lambda: order.append("sum"))

    batch_of(shop, reading.reader, "a", "b", "c")
    batch_of(shop, reading.reader, "d")
    assert order == ["a", "b", "c", "sum", "d", "sum"]


def test_what_is_wanted_once_and_fails_parks_who_asked_and_a_newer_version_unparks_it(make_shop):
    shop, reading = make_shop("shop"), make_shop("reading")
    broken = [True]

    def add_up():
        if broken[0]:
            raise ValueError("cannot add up")

    @reading.reader.applies("shop", "thing")
    def keep(change):
        reading.put(change.subject)
        change.once("sum", add_up)

    assert batch_of(shop, reading.reader, "a", "b") == 2
    with connection.session(reading.db):
        assert reading.reader.parked() == 1
        assert reading.Thing.select().count() == 2
    broken[0] = False
    batch_of(shop, reading.reader, "a")
    with connection.session(reading.db):
        assert reading.reader.parked() == 0
