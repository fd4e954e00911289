"""Identifiers: UUIDv7 for new things, a name-based UUID for those that must be the same each time."""

from __future__ import annotations

import os
import time
import uuid

NAMESPACE = uuid.UUID("6f0b4c1e-7a53-5d0e-9a3c-2f5f6f1d7a11")


def new_id() -> str:
    """A UUIDv7 with the fraction of its millisecond (RFC 9562, 5.7 and 6.2, method 3), so that the ids that a process makes
    sort by their time: 48 bits of Unix milliseconds, 12 bits of 4,096ths of one, 62 random bits."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance))


def named(*parts: str) -> str:
    """The same UUIDv5 for the same parts: for samples, and for requests that a repeat must make again."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
