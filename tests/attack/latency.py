"""How long others wait meanwhile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests

TIMEOUT = 15.0


@dataclass(frozen=True)
class Waited:
    """Of requests made one after the other on new connections: the middle and the longest wait, and how many had no good answer."""

    asked: int
    failed: int
    middle_ms: float
    longest_ms: float

    def __str__(self) -> str:
        failed = f", {self.failed} of {self.asked} without an answer" if self.failed else ""
        return f"{self.middle_ms:.0f} / {self.longest_ms:.0f} ms{failed}"


def waited(url: str, headers: Mapping[str, str] | None = None, *, seconds: float = 5.0, most: int = 100) -> Waited:
    """Ask for so many seconds."""
    took, failed = [], 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(took) < most:
        began = time.monotonic()
        try:
            failed += not requests.get(url, headers=headers, timeout=TIMEOUT).ok
        except requests.RequestException:
            failed += 1
        took.append((time.monotonic() - began) * 1000)
        time.sleep(0.02)
    took.sort()
    return Waited(len(took), failed, took[len(took) // 2], took[-1])
