"""What became of each thing that was to be done with many at once, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from shared.ground.json_types import JsonObject

MOST_NAMED = 5
"""The most things that are named when something could not be done with them."""


@dataclass(frozen=True)
class Part:
    """A part of a task that is still open."""

    title: str


@dataclass(frozen=True)
class Receipt:
    """What became of one thing. Its name is empty if it is gone; `reason` says why it was refused."""

    id: str
    name: str
    outcome: str
    reason: str = ""
    version: int | None = None
    open_parts: tuple[Part, ...] = ()

    @classmethod
    def of(cls, answer: JsonObject) -> Self:
        """A receipt as workflows answers it."""
        return cls(
            id=answer["id"],
            name=answer.get("title") or answer.get("name") or "",
            outcome=answer["outcome"],
            reason=answer.get("reason") or "",
            version=answer.get("version"),
            open_parts=tuple(Part(part["title"]) for part in answer.get("openSubTasks") or ()),
        )

    @property
    def is_changed(self) -> bool:
        """Whether it was done."""
        return self.outcome == "changed"


def all_of(answer: JsonObject) -> list[Receipt]:
    """The receipts of a batch as workflows answers it."""
    return [Receipt.of(receipt) for receipt in answer["receipts"]]


def refused(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Those with which it could not be done."""
    return [receipt for receipt in receipts if receipt.outcome in ("refused", "not_found")]


def reasons(receipts: Sequence[Receipt], gone: str, quoted: bool = False) -> str:
    """Why it could not be done, for the first few by name; `gone` is the name of what no longer has one."""
    names = [(f"“{receipt.name}”" if quoted else receipt.name) if receipt.name else gone for receipt in receipts]
    said = [f"{name}: {receipt.reason}" for name, receipt in zip(names, receipts, strict=True)][:MOST_NAMED]
    more = [f"And {len(receipts) - MOST_NAMED} more."] if len(receipts) > MOST_NAMED else []
    return " ".join([*said, *more])
