"""What came of many requests, as a plain table, with each one that went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.attack.asking import Answered

MOST_SHOWN = 40


@dataclass
class Table:
    """Calls by kind, and how many of them went wrong in the way that `fault` names."""

    title: str
    fault: str
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def count(self, kind: str, answered: Answered, *, wrong: bool) -> None:
        """One more call."""
        self.calls[kind] += 1
        if wrong:
            self.faults[kind] += 1
            self.shown.append(f"{kind}: {answered.status} to {answered.call}")

    def note(self, kind: str, wrong: list[str]) -> None:
        """What went wrong beside the answers."""
        self.faults[kind] += len(wrong)
        self.shown += [f"{kind}: {what}" for what in wrong]

    @property
    def wrong(self) -> int:
        """How many went wrong."""
        return self.faults.total()

    def show(self) -> None:
        """Print it."""
        print(f"\n{self.title:<48} {'calls':>7} {self.fault:>12}", flush=True)
        for kind in (*self.calls, *(kind for kind in self.faults if kind not in self.calls)):
            print(f"{kind:<48} {self.calls[kind]:>7,} {self.faults[kind]:>12}")
        print(f"{f'{len(self.calls)} kinds':<48} {self.calls.total():>7,} {self.wrong:>12}")
        for what in self.shown[:MOST_SHOWN]:
            print(f"  {what}")
        if len(self.shown) > MOST_SHOWN:
            print(f"  and {len(self.shown) - MOST_SHOWN} more")
