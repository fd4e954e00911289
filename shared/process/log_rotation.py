"""Keeps log files small: the present one is copied aside and emptied, and the oldest copy is deleted.

The processes of `tandem up` log through their standard output, which includes what a crash prints, and keep the file
open; therefore it is emptied and not renamed. A line written between the copy and the emptying, a few microseconds, is
lost.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger(__name__)


def rotate(file: Path, max_bytes: int, copies: int) -> bool:
    """Empty a log larger than `max_bytes`; its text is kept as `<name>.1`, and earlier copies move up to `.<copies>`.

    Returns whether it was emptied. On a full disk it is emptied without a copy.
    """
    if not file.exists() or file.stat().st_size <= max_bytes:
        return False
    for number in range(copies - 1, 0, -1):
        if copy_of(file, number).exists():
            copy_of(file, number).replace(copy_of(file, number + 1))
    try:
        shutil.copyfile(file, copy_of(file, 1))
    except OSError as error:
        log.warning("a log was emptied without a copy", extra={"file": str(file), "error": str(error)})
        copy_of(file, 1).unlink(missing_ok=True)
    os.truncate(file, 0)
    return True


def copy_of(file: Path, number: int) -> Path:
    """The file that holds the copy of this number; 1 is the newest."""
    return file.with_name(f"{file.name}.{number}")
