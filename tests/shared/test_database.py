"""Columns and pages that behave alike on both engines."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from shared.database import connection, pagination, schema_migrations
from shared.ground.errors import Invalid
from tests.conftest import NOON


def test_a_moment_comes_back_as_the_same_moment_in_utc(shop):
    abroad = NOON.astimezone(timezone(timedelta(hours=13)))
    shop.put("a", at=abroad)
    back = shop.Thing.get_by_id("a").at
    assert back == NOON
    assert back.utcoffset() == timedelta(0)


def test_moments_compare_as_time_and_not_as_text(shop):
    shop.put("early", at=NOON)
    shop.put("late", at=NOON + timedelta(microseconds=1))
    assert [one.id for one in shop.Thing.select().where(shop.Thing.at > NOON)] == ["late"]


def test_a_moment_without_a_zone_is_refused(shop):
    with pytest.raises(ValueError, match="time zone"):
        shop.put("a", at=datetime(2026, 1, 1))


def test_pages_by_cursor_walk_ties_in_both_directions(shop):
    for number in range(11):
        shop.put(f"t{number:02}", size=number // 4)
    for ways in (("asc", "asc"), ("desc", "asc"), ("desc", "desc")):
        order = [(shop.Thing.size, ways[0]), (shop.Thing.id, ways[1])]
        whole = pagination.page(shop.Thing.select(), order, limit=100).items
        seen, cursor = [], None
        while True:
            page = pagination.page(shop.Thing.select(), order, limit=3, cursor=cursor)
            seen += page.items
            cursor = page.next
            if cursor is None:
                break
        assert [one.id for one in seen] == [one.id for one in whole]
        assert page.total == 11
        assert page.total_is_exact


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_what_is_found_once_is_counted_sorted_and_paged_like_any_list(shop, way):
    for number in range(11):
        shop.put(f"t{number:02}", at=NOON - timedelta(minutes=number // 4))
    order = [(shop.Thing.at, way), (shop.Thing.id, way)]
    found = shop.Thing.select(shop.Thing.at, shop.Thing.id).where(shop.Thing.id != "t05")
    seen, cursor = [], None
    while page := pagination.page_of_materialized(found, order, limit=3, cursor=cursor):
        seen += page.items
        assert (page.total, page.total_is_exact) == (10, True)
        cursor = page.next
        if cursor is None:
            break
    assert seen == [one.id for one in pagination.page(shop.Thing.select(), order, limit=100).items if one.id != "t05"]
    assert pagination.page_of_materialized(found, order, limit=3, offset=9).items == seen[9:]
    beyond = pagination.page_of_materialized(found, order, limit=3, offset=20)
    assert (beyond.items, beyond.total, beyond.next) == ([], 10, None)


def test_a_cursor_of_another_list_is_refused(shop):
    for number in range(3):
        shop.put(f"t{number}")
    by_id = pagination.page(shop.Thing.select(), [(shop.Thing.id, "asc")], limit=1)
    with pytest.raises(Invalid):
        pagination.page(
            shop.Thing.select(), [(shop.Thing.size, "asc"), (shop.Thing.id, "asc")], limit=1, cursor=by_id.next
        )


def test_a_url_of_no_engine_we_know_is_refused():
    with pytest.raises(Invalid, match="sqlite:///"):
        connection.connect(connection.unbound_database(), "mysql://x")


def test_migrating_twice_applies_nothing_the_second_time(shop, tmp_path):
    assert schema_migrations.apply(shop.db, tmp_path / "none") == []
    assert schema_migrations.pending(shop.db, tmp_path / "none") == []


@pytest.fixture
def file(tmp_path):
    """A SQLite database of its own with one table, and where its file is."""
    connection.connect(db := connection.unbound_database(), f"sqlite:///{tmp_path}/kept.sqlite3")
    with connection.session(db):
        db.execute_sql("CREATE TABLE note (text TEXT)")
    yield db, tmp_path / "kept.sqlite3"
    db.close_idle()


def raw(db):
    """The driver's connection that a session of this thread gets."""
    with connection.session(db):
        return db.connection()


def write(db, text):
    with connection.session(db), db.atomic():
        db.execute_sql("INSERT INTO note VALUES (?)", (text,))


def test_sqlite_keeps_its_connection_from_one_session_to_the_next_and_over_threads(file):
    db, _ = file
    first, others = raw(db), []
    thread = threading.Thread(target=lambda: others.append(raw(db)))
    thread.start()
    thread.join()
    assert [raw(db), *others] == [first, first]


def test_a_file_that_was_replaced_is_opened_anew(file):
    db, path = file
    write(db, "old")
    for part in path.parent.glob("kept.sqlite3*"):
        part.unlink()
    with connection.session(db):
        db.execute_sql("CREATE TABLE note (text TEXT)")
        assert db.execute_sql("SELECT count(*) FROM note").fetchone() == (0,)


def test_a_forked_process_opens_a_connection_of_its_own(file):
    db, _ = file
    write(db, "parent's")
    child = os.fork()
    if child == 0:
        try:
            write(db, "child's")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    write(db, "parent's")
    with connection.session(db):
        assert db.execute_sql("SELECT count(*) FROM note").fetchone() == (3,)
        assert db.execute_sql("PRAGMA integrity_check").fetchone() == ("ok",)


def test_pointing_at_another_file_lets_go_of_the_one_before(file, tmp_path):
    db, path = file
    write(db, "a")
    assert path.with_name("kept.sqlite3-wal").exists()
    connection.connect(db, f"sqlite:///{tmp_path}/other.sqlite3")
    assert not path.with_name("kept.sqlite3-wal").exists()


def test_a_session_that_fails_leaves_no_transaction_to_the_next(file):
    db, _ = file
    with pytest.raises(connection.OperationalError), connection.session(db), db.atomic():
        db.execute_sql("INSERT INTO note VALUES ('lost')")
        db.execute_sql("SELECT nothing FROM nowhere")
    with connection.session(db):
        assert not db.connection().in_transaction
        assert db.execute_sql("SELECT count(*) FROM note").fetchone() == (0,)


def test_sqlite_waits_for_the_writer_before_it_and_does_not_trade_safety_for_speed(file):
    db, _ = file
    with connection.session(db):
        told = [
            db.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in ("busy_timeout", "journal_mode", "synchronous")
        ]
    assert told == [connection.BUSY_SECONDS * 1000, "wal", 2]


def test_writers_of_one_process_wait_for_the_lock_before_the_engine_is_asked(file):
    """Left to the engine, writers that meet sleep for up to a tenth of a second: 400 a second instead of 1,400."""
    db, _ = file
    begun, found = [], []

    def second():
        with connection.session(db):
            db.connection().set_trace_callback(begun.append)
            with connection.writing(db):
                found.append(db.execute_sql("SELECT count(*) FROM note").fetchone())

    with connection.session(db), connection.writing(db):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        assert begun == []
        db.execute_sql("INSERT INTO note VALUES ('first')")
    thread.join()
    assert found == [(1,)]


def test_a_turn_is_given_back_by_whoever_fails_and_taken_twice_by_the_same_thread(file):
    db, _ = file
    with pytest.raises(ValueError, match="no"), connection.session(db), connection.writing(db), connection.writing(db):
        raise ValueError("no")
    done = []
    thread = threading.Thread(target=lambda: done.append(write(db, "a") is None))
    thread.start()
    thread.join()
    assert done == [True]
