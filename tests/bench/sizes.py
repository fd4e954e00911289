"""How much a run of the bench does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """So many of each; `hops` takes about half a second each, and the idle workers are watched meanwhile."""

    executions: int
    hops: int
    fed: int
    posted: int
    peer: int
    queued: int
    claims: int
    listed: int
    looks: int
    customers: int


FULL = Sizes(
    executions=100,
    hops=40,
    fed=2_000,
    posted=2_000,
    peer=5_000,
    queued=100_000,
    claims=500,
    listed=100_000,
    looks=20,
    customers=10_000,
)
SMALL = Sizes(
    executions=4, hops=6, fed=200, posted=200, peer=500, queued=2_000, claims=20, listed=1_000, looks=3, customers=100
)
"""Enough to see that everything runs; its figures say nothing."""
