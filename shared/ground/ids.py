"""Identifiers: UUIDv7 for new things, a name-based UUID for those that must be the same each time."""

from __future__ import annotations

import os
import time
import uuid

NAMESPACE = uuid.UUID("6f0b4c1e-7a53-5d0e-9a3c-2f5f6f1d7a11")


def new_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then 74 random bits, so ids sort by their time."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def named(*parts: str) -> str:
    """The same UUIDv5 for the same parts: for samples, and for requests that a repeat must make again."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))
