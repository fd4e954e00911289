"""Backs up the whole installation while it runs, and restores it: the four databases and the files beside them.

Databases are copied one after another, the executor's first and the stand-ins for external systems last, so that what
one copy records as done is in the later copies. After a restore each feed begins a new epoch, and its readers catch up
by themselves.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.database import database_backup
from shared.database.database_backup import REPLACED
from shared.ground import clock
from shared.ground.errors import Conflict, Invalid
from shared.ground.settings import Settings
from shared.ground.settings_table import SERVICES
from shared.process.preflight import HomeFolder
from shared.process.supervisor import is_ready

COPIED_IN_ORDER = ("executor", "workflows", "runs", "monitor")
MANIFEST = "backup.json"
PROGRESS = "progress.json"
"""In the folder of a backup that is not finished: when it began, and the parts that are copied."""

OUTSIDE = "mail, files and the sandbox CRM"
PARTS = (*COPIED_IN_ORDER, OUTSIDE)
MAILBOX, INDEX, CRM, KEYS, FILES = "mailbox", "index.sqlite3", "sandbox-crm.sqlite3", "keys", "files"
STORED = re.compile(r"[0-9a-f]{64}")
"""The name of a stored file that is whole; one that is still being written has another."""

FORMAT = 1


@dataclass(frozen=True)
class Backup:
    """The manifest of a finished backup."""

    folder: Path
    taken_at: datetime
    keys: bool


@dataclass(frozen=True)
class Progress:
    """How far a backup is that is not finished, or was broken off."""

    begun_at: datetime
    copied: Sequence[str]


def write(
    settings: Settings, folder: Path, *, keys: bool, now: datetime, report: Callable[[str], None] = lambda part: None
) -> Backup:
    """Copy everything into the new folder `folder`, which appears when it is complete; `report` is called with each of
    PARTS once it is copied. Invalid when the folder exists or a part fails."""
    if folder.exists():
        raise Invalid(f"{folder} is there already; name a new folder.")
    draft = _unfinished(folder)
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(parents=True)
    for number, part in enumerate(PARTS):
        _note(draft, Progress(now, PARTS[:number]))
        if part == OUTSIDE:
            _copy_outside(settings, draft)
        else:
            _run_command(part, "backup", draft / part)
        report(part)
    if keys:
        shutil.copytree(settings.keys, draft / KEYS)
    (draft / PROGRESS).unlink()
    facts = {"format": FORMAT, "takenAt": clock.rfc3339(now), "keys": keys}
    (draft / MANIFEST).write_text(json.dumps(facts))
    draft.rename(folder)
    return read(folder)


def progress(folder: Path) -> Progress | None:
    """How far the backup into this folder is; None when none is under way, because it is finished or never began."""
    try:
        facts = json.loads((_unfinished(folder) / PROGRESS).read_text())
    except FileNotFoundError:
        return None
    return Progress(clock.parse(facts["begunAt"]), facts["copied"])


def _unfinished(folder: Path) -> Path:
    return folder.with_name(folder.name + ".unfinished")


def _note(draft: Path, progress: Progress) -> None:
    """Write it whole, for whoever looks meanwhile."""
    fresh = draft / f"{PROGRESS}.new"
    fresh.write_text(json.dumps({"begunAt": clock.rfc3339(progress.begun_at), "copied": progress.copied}))
    fresh.replace(draft / PROGRESS)


def read(folder: Path) -> Backup:
    """The manifest of the backup in a folder. Invalid when it is not a finished backup, or one of another
    version of Tandem."""
    try:
        facts = json.loads((folder / MANIFEST).read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise Invalid(f"{folder} is no finished backup of Tandem.") from None
    if facts["format"] != FORMAT:
        raise Invalid(f"{folder} is a backup of another version of Tandem, which alone can put it back.")
    return Backup(folder, clock.parse(facts["takenAt"]), facts["keys"])


def restore(settings: Settings, backup: Backup, *, services: Sequence[str] = (), keys: bool = False) -> None:
    """Restore a backup: all of it, or the databases of some services alone; with `keys` the signing keys too.

    Files that it replaces are kept beside the new ones (REPLACED). Conflict while Tandem runs; Invalid when it cannot
    be restored.
    """
    if keys and not backup.keys:
        raise Invalid("This backup holds no keys; it was made without --keys.")
    home = HomeFolder(settings.home)
    _refuse_while_running(settings, home)
    try:
        for service in services or COPIED_IN_ORDER:
            _run_command(service, "restore", backup.folder / service)
        if not services:
            _restore_outside(settings, backup.folder)
        if keys:
            _replace_folder(backup.folder / KEYS, settings.keys)
    finally:
        home.release()


def _run_command(service: str, command: str, folder: Path) -> None:
    """Let a service copy or restore its own database, because only it knows its tables."""
    arguments = [sys.executable, "-m", f"services.{service}", command, str(folder.absolute())]
    process = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603 - our own modules
    if process.returncode:
        raise Invalid(f"{service}: {process.stderr.strip() or f'{arguments} failed with status {process.returncode}'}")


def _refuse_while_running(settings: Settings, home: HomeFolder) -> None:
    running = [name for name in SERVICES if is_ready(settings.urls[name] + "/livez")]
    if running:
        raise Conflict(f"{', '.join(running)} is running. Stop Tandem first, then restore.")
    if problems := home.claim():
        raise Conflict(" ".join(problems))


def _copy_outside(settings: Settings, folder: Path) -> None:
    """Copy the sandbox CRM, the local mailbox and the stored files, which never change once they are there.

    The index of the mailbox is copied first: a mail that it does not list is found by its file, but one that it lists
    without a file would be lost.
    """
    if settings.crm_database_path.exists():
        database_backup.copy_file(settings.crm_database_path, folder / CRM)
    if settings.mailbox_path.exists():
        index = settings.mailbox_path / INDEX
        (folder / MAILBOX).mkdir()
        if index.exists():
            database_backup.copy_file(index, folder / MAILBOX / INDEX)
        for file in settings.mailbox_path.glob("*/*.eml"):
            target = folder / MAILBOX / file.parent.name / file.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(file, target)
    if settings.files_path.exists():
        (folder / FILES).mkdir()
        for file in settings.files_path.glob("*/*/*"):
            if STORED.fullmatch(file.name):
                target = folder / FILES / file.relative_to(settings.files_path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)


def _restore_outside(settings: Settings, folder: Path) -> None:
    if (folder / CRM).exists():
        database_backup.restore_file(folder / CRM, settings.crm_database_path)
    if (folder / MAILBOX).exists():
        _replace_folder(folder / MAILBOX, settings.mailbox_path)
    if (folder / FILES).exists():
        _replace_folder(folder / FILES, settings.files_path)


def _replace_folder(source: Path, target: Path) -> None:
    fresh, old = target.with_name(target.name + ".restoring"), target.with_name(target.name + REPLACED)
    for folder in (fresh, old):
        if folder.exists():
            shutil.rmtree(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
