"""Keeps the files of Tandem readable by its own user only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def begin(home: Path) -> None:
    """Remove other users' access to what this process will write and to the files in `home`. Call it first in a
    process.

    A home that others cannot enter is not searched again.
    """
    os.umask(OTHERS)
    if home.is_dir() and _is_ours(home) and home.stat().st_mode & OTHERS:
        for folder, folders, files in os.walk(home):
            for name in (*folders, *files):
                _take_from_others(Path(folder) / name)
        _take_from_others(home)


def _take_from_others(path: Path) -> None:
    """Remove other users' access to one of our files, if it still exists; links are not followed."""
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & OTHERS and _is_ours(path):
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return


def _is_ours(path: Path) -> bool:
    return path.lstat().st_uid == os.geteuid() and os.access(path, os.W_OK)
