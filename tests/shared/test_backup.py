"""Copies of a database that is being written, on both engines, and what cannot be put back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from services.executor.providers.file_store import FileStore
from shared.database import connection, database_backup, schema_migrations
from shared.ground import settings as settings_module
from shared.ground.errors import Conflict, Invalid
from shared.ground.settings_table import SERVICES
from shared.process import installation_backup
from tests.conftest import NOON, free_port


def sizes(shop):
    with connection.session(shop.db):
        return {thing.id: thing.size for thing in shop.Thing.select()}


@pytest.fixture
def shop(make_shop, tmp_path):
    """A shop whose own table is made by a migration, as those of a context are."""
    made = make_shop()
    folder = tmp_path / "migrations"
    folder.mkdir()
    columns = "id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, at TIMESTAMP"
    (folder / "0001_thing.py").write_text(
        f'def up(migrator, db):\n    db.execute_sql("CREATE TABLE IF NOT EXISTS thing ({columns})")\n'
    )
    schema_migrations.apply(made.db, folder)
    made.migrations = folder
    return made


def copied(shop, tmp_path, name="copy"):
    database_backup.write(shop.db, tmp_path / name)
    return tmp_path / name


def put_back(shop, folder):
    connection.unwrap(shop.db).close_all()
    database_backup.restore(shop.db, shop.migrations, folder)


def test_a_copy_that_is_put_back_holds_what_stood_then(shop, tmp_path):
    shop.put("a", size=1, name="tab\tand \\ and ’\nnew line")
    copy = copied(shop, tmp_path)
    shop.put("a", size=2)
    shop.put("b", size=3)
    put_back(shop, copy)
    assert sizes(shop) == {"a": 1}
    with connection.session(shop.db):
        assert shop.Thing.get_by_id("a").name == "tab\tand \\ and ’\nnew line"
        assert schema_migrations.pending(shop.db, shop.migrations) == []


def test_what_counts_by_itself_goes_on_behind_what_was_put_back(shop, tmp_path):
    shop.put("a")
    shop.feed.assign_positions()
    copy = copied(shop, tmp_path)
    put_back(shop, copy)
    with connection.session(shop.db):
        shop.feed.history.begin_epoch()
        generation = shop.feed.tables.generation
        first = generation.select(generation.number).scalar()
        generation.insert(token="another", first_position=9).execute()
        assert [row.number > first for row in generation.select().where(generation.token == "another")] == [True]


def test_a_copy_is_of_one_moment_though_it_is_written_meanwhile(shop, tmp_path):
    """Two things that are always changed together are never copied apart."""
    stop = threading.Event()

    def write():
        size = 0
        while not stop.is_set():
            size += 1
            with shop.feed.transaction():
                shop.put("left", size=size)
                shop.put("right", size=size)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [copied(shop, tmp_path, f"copy {number}") for number in range(4)]
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        put_back(shop, copy)
        found = sizes(shop)
        assert found.get("left") == found.get("right")


def test_a_copy_of_a_newer_version_is_refused_and_nothing_is_touched(shop, tmp_path):
    shop.put("a", size=1)
    copy = copied(shop, tmp_path)
    facts = json.loads((copy / database_backup.FACTS).read_text())
    facts["migrations"].append("0099_of_tomorrow")
    (copy / database_backup.FACTS).write_text(json.dumps(facts))
    shop.put("a", size=2)
    with pytest.raises(Invalid, match="0099_of_tomorrow"):
        put_back(shop, copy)
    assert sizes(shop) == {"a": 2}


def test_a_copy_of_an_older_version_is_brought_up_to_date(shop, tmp_path):
    shop.put("a", size=1)
    copy = copied(shop, tmp_path)
    (shop.migrations / "0002_colour.py").write_text(
        "def up(migrator, db):\n    db.execute_sql(\"ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'\")\n"
    )
    schema_migrations.apply(shop.db, shop.migrations)
    put_back(shop, copy)
    assert schema_migrations.apply(shop.db, shop.migrations) == ["0002_colour"]
    with connection.session(shop.db):
        assert shop.db.execute_sql("SELECT id, colour FROM thing").fetchall() == [("a", "red")]


def test_a_copy_of_the_other_engine_is_refused(shop, tmp_path):
    copy = copied(shop, tmp_path)
    (copy / database_backup.FACTS).write_text('{"engine": "another", "migrations": []}')
    with pytest.raises(Invalid, match="of another"):
        put_back(shop, copy)


@pytest.mark.engine("sqlite")
class TestFiles:
    """What is special about databases that are files."""

    @pytest.fixture
    def files(self, shop, tmp_path):
        shop.put("a", size=1)
        return shop, copied(shop, tmp_path), Path(connection.unwrap(shop.db).database)

    def test_one_that_is_open_is_not_replaced(self, files):
        shop, copy, _ = files
        with connection.session(shop.db):
            shop.db.execute_sql("SELECT 1")
            with shop.db.atomic(), pytest.raises(Conflict, match="in use"):
                database_backup.restore_file(copy / database_backup.FILE, Path(connection.unwrap(shop.db).database))
        assert sizes(shop) == {"a": 1}

    def test_what_it_replaces_is_kept_beside_it(self, files):
        shop, copy, file = files
        shop.put("a", size=2)
        put_back(shop, copy)
        assert sizes(shop) == {"a": 1}
        kept = file.with_name(file.name + database_backup.REPLACED)
        connection.unwrap(shop.db).close_all()
        kept.replace(file)
        assert sizes(shop) == {"a": 2}

    @pytest.mark.parametrize("cut", [0, 5000])
    def test_a_damaged_copy_is_refused_and_nothing_is_touched(self, files, cut):
        shop, copy, _ = files
        file = copy / database_backup.FILE
        file.write_bytes(b"not a database" * 100 if not cut else file.read_bytes()[:cut])
        with pytest.raises(Invalid, match="damaged"):
            put_back(shop, copy)
        assert sizes(shop) == {"a": 1}

    def test_a_damaged_database_is_replaced(self, files):
        shop, copy, file = files
        connection.unwrap(shop.db).close_all()
        file.write_bytes(b"no database at all" * 1000)
        put_back(shop, copy)
        assert sizes(shop) == {"a": 1}


@pytest.mark.parametrize("name", ["nothing", "unfinished"])
def test_a_folder_that_is_no_finished_backup_is_refused(tmp_path, name):
    (tmp_path / "unfinished").mkdir()
    with pytest.raises(Invalid, match="no finished backup"):
        installation_backup.read(tmp_path / name)


@pytest.mark.engine("sqlite")
def test_a_backup_holds_the_stored_files_and_puts_them_back(tmp_path, monkeypatch):
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path / "home"))
    for service in SERVICES:
        monkeypatch.setenv(f"TANDEM_{service.upper()}_PORT", str(free_port()))
        subprocess.run([sys.executable, "-m", f"services.{service}", "migrate"], check=True, capture_output=True)
    settings = settings_module.load("monitor")
    files = FileStore(settings.files_path)
    sha256 = files.put("demo", b"A contract.")
    unfinished = settings.files_path / "demo" / sha256[:2] / f"{sha256}#1"
    unfinished.write_bytes(b"A con")
    seen = []

    def report(part):
        seen.append((part, list(installation_backup.progress(tmp_path / "backup").copied)))

    backup = installation_backup.write(settings, tmp_path / "backup", keys=False, now=NOON, report=report)
    parts = [*installation_backup.PARTS]
    assert seen == [(part, parts[:number]) for number, part in enumerate(parts)]
    assert installation_backup.progress(tmp_path / "backup") is None
    assert [path.name for path in (backup.folder / "files").rglob("*") if path.is_file()] == [sha256]
    shutil.rmtree(settings.files_path)
    later = files.put("demo", b"Put on file after the backup.")
    installation_backup.restore(settings, backup)
    assert files.load("demo", sha256) == b"A contract."
    assert files.load("demo", later) is None
    kept = settings.files_path.with_name("files" + database_backup.REPLACED)
    assert (kept / "demo" / later[:2] / later).exists()
