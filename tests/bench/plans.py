"""How good plans are: customers that a CSM has judged are run through the product, and each plan is held against what the
CSM would do.

The customers lie beside the project (`BOOK`); without them nothing is measured. A customer whose stage has no workflow
yet is run through Discovery, and the row says so.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from shared.contracts.stages import STAGES
from tests.acceptance import story
from tests.bench.report import Row, at_least
from tests.house import House

BOOK = Path(__file__).resolve().parents[3] / "shared" / "tools" / "customers.py"
"""The judged customers, each day counted from today, and the rule by which the words of a plan are compared."""

FIRST = 3
"""So many actions of the CSM's are the most important ones."""

FOUND, TOP, PRICES = 80, 90, 90
"""The per cent to reach: of the first actions found, of plans whose first item is one of them, of prices within bounds."""

AVAILABLE = {stage.key for stage in STAGES if stage.available}

FLAT = 1.0
"""A change of price of less than so many per cent is none."""


@dataclass(frozen=True)
class Judged:
    """One customer's plan, as the CSM sees it. `found` are the CSM's first actions that it has; `wrong` are items that it
    must not have; `top` and `price` say whether its first item and its price are right, None where nothing is asked."""

    key: str
    stage: str
    walked: str
    items: int
    most_items: int
    first: Sequence[str]
    found: Sequence[str]
    wrong: Sequence[str]
    top: bool | None
    price: bool | None


def measure(house: House) -> list[Row]:
    """The rows of the report: in all, and by stage what was missed."""
    if not BOOK.exists():
        return [Row("plans", "not measured", beside="there are no judged customers beside the project")]
    book = _book()
    judged = [_judge(house, book, one) for one in book.load()]
    return [*_totals(judged), *(_of_stage(stage, of_it) for stage, of_it in _by_stage(judged))]


def _book() -> ModuleType:
    spec = importlib.util.spec_from_file_location("judged_customers", BOOK)
    if spec is None or spec.loader is None:
        raise ImportError(f"{BOOK} is no module")
    book = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(book)
    return book


def _judge(house: House, book: ModuleType, one: Mapping[str, Any]) -> Judged:
    execution = _start(house, one)
    outputs = story.complete_steps(house, execution, one["assessment"])
    texts = [_text(item) for item in _items(story.generate(house, execution["id"]))]
    csm = one["csm"]
    first = csm["topActions"][:FIRST]
    has = {action["action"]: any(book.found(action["words"], text) for text in texts) for action in first}
    leads = any(book.found(action["words"], texts[0]) for action in first) if texts and first else None
    return Judged(
        one["key"],
        one["stage"],
        execution["stage"],
        len(texts),
        csm["maxItems"],
        [*has],
        [action for action, there in has.items() if there],
        [bad["action"] for bad in csm["mustNot"] if any(book.found(bad["words"], text) for text in texts)],
        leads,
        _is_within(csm["targetPrice"], outputs.get("pricing") or {}),
    )


def _start(house: House, one: Mapping[str, Any]) -> dict[str, Any]:
    """The workflow of the customer's stage, or of Discovery where that has none."""
    customer = house.post("workflows", "/api/customers", one["customer"])
    for contract in one["contracts"]:
        house.post("workflows", f"/api/customers/{customer['id']}/contracts", contract)
    for contact in one["contacts"]:
        house.post("workflows", "/api/contacts", contact | {"customerId": customer["id"]})
    for path, body in _entered(one["alsoKnown"]):
        house.post("workflows", f"/api/customers/{customer['id']}/{path}", body)
    stage = one["stage"] if one["stage"] in AVAILABLE else "discovery"
    body = {"customerId": customer["id"], "stage": stage}
    started: dict[str, Any] = house.post("workflows", "/api/workflows/executions", body)
    return started


def _entered(known: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a CSM would enter on the customer's page of what else is known: (path, body)."""
    if hold := known.get("hold"):
        days = {"fromOn": hold["from"], "untilOn": hold["until"]}
        yield "holds", {"reason": hold["reason"], "askedBy": hold["setBy"], "exceptions": hold["exceptions"], **days}
    money = known.get("moneyCalendar", {})
    yield from _dates("budget", [money.get("budgetSubmissionOn")], who=money.get("budgetOwner"))
    yield from _dates("board", money.get("boardDates", ()), who=money.get("budgetOwner"))
    option = known.get("renewalOption", {})
    yield from _dates("option", [option.get("toBeTakenUpBy")], name="the option to renew")
    for window in known.get("windows", ()):
        yield from _dates("reduction", [window["closesOn"]], name=window["what"])
    for leaving in known.get("scheduledByUs", ()):
        details = {"what": leaving["what"], "who": leaving.get("by"), "recipient": leaving.get("to")}
        yield "facts", {"kind": "going_out", "dueOn": leaving["on"], "details": details}
    for point in known.get("dealState", {}).get("openPoints", ()):
        details = {"point": point["point"], "side": point.get("withSide"), "askedBy": point.get("askedBy")}
        yield "facts", {"kind": "open_point", "on": point.get("since"), "details": details}


def _dates(
    what: str, days: Sequence[str | None], *, who: str | None = None, name: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    for day in filter(None, days):
        yield "facts", {"kind": "key_date", "on": day, "details": {"what": what, "name": name, "who": who}}


def _items(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The items of a plan, most urgent first: those of the CSM before those of the AI where both are as urgent."""
    return sorted([*plan["csmTasks"], *plan["aiTasks"]], key=lambda item: item["priority"])


def _text(item: Mapping[str, Any]) -> str:
    return f"{item['title']}. {item.get('description') or ''}"


def _is_within(wanted: Mapping[str, Any], pricing: Mapping[str, Any]) -> bool | None:
    """Whether the price goes in a direction that is right, and no further than it may."""
    percent = pricing.get("increasePercent")
    if percent is None:
        return bool(wanted.get("orNone"))
    direction = "flat" if abs(percent) < FLAT else "up" if percent > 0 else "down"
    return direction in (wanted["direction"], *wanted.get("alsoOk", ())) and percent <= wanted["maxPercent"]


def _totals(judged: Sequence[Judged]) -> list[Row]:
    first, found = sum(len(one.first) for one in judged), sum(len(one.found) for one in judged)
    tops, prices = ([value for one in judged if (value := getattr(one, name)) is not None] for name in ("top", "price"))
    too_long = [one.key for one in judged if one.items > one.most_items]
    wrong = [one.key for one in judged if one.wrong]
    return [
        _share("the CSM's first three actions, found", found, first, FOUND),
        _share("the plan's first item is one of them", sum(tops), len(tops), TOP),
        _share("price within bounds", sum(prices), len(prices), PRICES),
        Row("plans with what must not be", str(len(wrong)), "0", met=not wrong, beside=", ".join(wrong)),
        Row("plans that are too long", str(len(too_long)), "0", met=not too_long, beside=", ".join(too_long)),
    ]


def _share(what: str, right: int, of: int, goal: int) -> Row:
    return at_least(what, 100 * right / of, goal, "%", f"{right} of {of}")


def _by_stage(judged: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    for stage in dict.fromkeys(one.stage for one in judged):
        yield stage, [one for one in judged if one.stage == stage]


def _of_stage(stage: str, judged: Sequence[Judged]) -> Row:
    first, found = sum(len(one.first) for one in judged), sum(len(one.found) for one in judged)
    missed = [action for one in judged for action in one.first if action not in one.found]
    other = "" if all(one.walked == stage for one in judged) else "by Discovery; "
    lengths = ", ".join(f"{one.items} of at most {one.most_items}" for one in judged)
    return Row(stage, f"{found} of {first}", beside=f"{other}items {lengths}; missed: {'; '.join(missed)}"[:400])
