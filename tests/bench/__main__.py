"""`make bench`: measure, and print one table. `python -m tests.bench [--small] [latency] [throughput] [claim] [lists] [console] [paint] [plans] [contracts]`."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.bench import claim, console, contracts, latency, lists, machine, paint, peer, plans, throughput
from tests.bench.report import Row, plain, table
from tests.bench.sizes import FULL, SMALL, Sizes
from tests.house import House

PARTS = ("latency", "throughput", "claim", "lists", "console", "paint", "plans", "contracts")
REST_ON_SQLITE, REST_ON_POSTGRESQL = 300, 500
SQLITE, POSTGRESQL = "SQLite synchronous=FULL", "PostgreSQL"


class Bench:
    """The rows so far; what cannot be measured becomes a row that says so, and the rest is measured."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.rows: list[Row] = []
        self.peer: float | None = None
        self.began = time.monotonic()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure one part, and say on standard error that it is under way."""
        print(f"{time.monotonic() - self.began:6.1f} s  {name}", file=sys.stderr, flush=True)
        try:
            yield
        except Exception as error:
            traceback.print_exc()
            why = str(error).partition("\n")[0][:80]
            self.rows.append(Row(name, "not measured", beside=f"{type(error).__name__}: {why}"))

    def on_sqlite(self, wanted: Sequence[str]) -> None:
        """What is measured in a whole house on SQLite."""
        with self.part("a house on SQLite"), machine.house() as house:
            if "latency" in wanted:
                with self.part("finalize, hops and idle workers"):
                    self.rows += latency.measure(house, self.sizes)
            if "paint" in wanted:
                with self.part("first paint of every page"):
                    self.rows += paint.measure(house, self.sizes)
            if "throughput" in wanted:
                with self.part("Celery"):
                    self._ask_peer(house)
                self._fed(house, SQLITE)
            if "plans" in wanted:
                with self.part("plans of judged customers"):
                    self.rows += plans.measure(house)

    def on_postgres(self, wanted: Sequence[str]) -> None:
        """What is measured on PostgreSQL."""
        with self.part("a PostgreSQL"), machine.postgres() as make_url:
            if "throughput" in wanted:
                with self.part("a house on PostgreSQL"), machine.house(make_url) as house:
                    self._fed(house, POSTGRESQL)
                self._posted(POSTGRESQL, REST_ON_POSTGRESQL, make_url)
            if "claim" in wanted:
                self._claim(POSTGRESQL, make_url)
            if "lists" in wanted:
                self._lists(POSTGRESQL, make_url)
            if "console" in wanted:
                self._console(POSTGRESQL, make_url)

    def on_its_own(self, wanted: Sequence[str]) -> None:
        """What needs no whole house, on SQLite."""
        if "contracts" in wanted:
            with self.part("contracts"):
                self.rows += contracts.measure()
        if "throughput" in wanted:
            self._posted(SQLITE, REST_ON_SQLITE, None)
        if "claim" in wanted:
            self._claim(SQLITE, None)
        if "lists" in wanted:
            self._lists(SQLITE, None)
        if "console" in wanted:
            self._console(SQLITE, None)

    def _ask_peer(self, house: House) -> None:
        machine.settle(house)
        try:
            self.peer = peer.rate(house, self.sizes.peer, threads=house.told.slots)
        except peer.NoPeer as error:
            print(f"No Celery to compare with: {error}", file=sys.stderr)
            self.rows.append(Row("Celery's no-ops", "not to be had", beside=str(error)[:80]))
        else:
            what = f"Celery's no-ops, acks late, same Redis, 1 process, {house.told.slots} threads"
            self.rows.append(plain(what, self.peer, "/s"))

    def _fed(self, house: House, engine: str) -> None:
        with self.part(f"through the feed, {engine}"):
            self.rows += throughput.fed(house, engine, self.sizes, peer=self.peer)

    def _posted(self, engine: str, goal: float, make_url: Callable[[str], str] | None) -> None:
        with self.part(f"by REST, {engine}"), machine.house(make_url, ("executor",)) as house:
            self.rows += throughput.posted(house, engine, self.sizes, peer=self.peer, goal=goal)

    def _lists(self, engine: str, make_url: Callable[[str], str] | None) -> None:
        with self.part(f"long lists, {engine}"):
            self.rows += lists.measure(engine, self.sizes, make_url)

    def _console(self, engine: str, make_url: Callable[[str], str] | None) -> None:
        with self.part(f"the console with {self.sizes.customers:,} customers, {engine}"):
            self.rows += console.measure(engine, self.sizes, make_url)

    def _claim(self, engine: str, make_url: Callable[[str], str] | None) -> None:
        with self.part(f"claims, {engine}"):
            self.rows += claim.measure(engine, self.sizes, make_url)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Always 0: figures are for people to judge, and depend on the machine."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure, beside a peer or a floor.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--small", action="store_true", help="see that it runs; the figures then say nothing")
    told = parser.parse_args(arguments)
    if unknown := set(told.parts) - set(PARTS):
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    wanted = told.parts or PARTS
    bench = Bench(SMALL if told.small else FULL)
    busy = os.getloadavg()[0]
    if {"latency", "throughput", "paint", "plans"} & set(wanted):
        bench.on_sqlite(wanted)
    bench.on_its_own(wanted)
    if {"throughput", "claim", "lists", "console"} & set(wanted):
        bench.on_postgres(wanted)
    print(f"\n{os.cpu_count()} cores, load {busy:.1f} when it began, {time.monotonic() - bench.began:.0f} s in all\n")
    print(table(bench.rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
