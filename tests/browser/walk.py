"""A walk over every page of the console that can be reached by links, and over every field that stands on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import ElementHandle, Page, Request, TimeoutError

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FIELDS = (
    "input:not([type=hidden], [type=checkbox], [type=radio], [type=file], [type=submit], [type=button])",
    "textarea",
    "input[type=radio]:checked",
)
TYPED = {
    "email": "typed@example.test",
    "date": "2031-03-04",
    "datetime-local": "2031-03-04T10:30",
    "time": "09:00",
    "password": "typed",
}
GONE_WITHIN = 5_000
"""Milliseconds for a field that was seen to take what is typed."""

ALIKE = 1
"""How many pages of a kind are looked at; those that the test names itself are looked at all."""


@dataclass(frozen=True)
class Place:
    """A kind of field: the page without its ids, the form that it is in, and its name there."""

    page: str
    form: str
    name: str

    def __str__(self) -> str:
        return f"{self.page} · {self.form or 'no form'} · {self.name}"


@dataclass
class Walk:
    """Presses Enter in each kind of field once; `unchanged(where)` is asked after each page whose fields were pressed."""

    page: Page
    unchanged: Callable[[str], None]
    pages: set[str] = field(default_factory=set)
    fields: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._met: Counter[str] = Counter()
        self._asked = 0
        self.page.on("request", self._count)

    def over(self, addresses: list[str]) -> None:
        """Look at these pages, and at whatever their links lead to."""
        left, seen = list(addresses), set(addresses)
        while left:
            address = left.pop(0)
            plain, _, query = address.partition("?")
            filtered = query and plain in seen
            if address not in addresses and (filtered or self._met[kind_of(address)] >= ALIKE):
                continue
            self._met[kind_of(address)] += 1
            self.page.goto(address)
            found = self._links()
            left += [one for one in dict.fromkeys(found) if one not in seen]
            seen |= set(found)
            self._press_all(address)

    def into_dialogs(self, address: str) -> None:
        """Open every kind of question that a page asks in its dialog, and press Enter in each field of it."""
        self.page.goto(address)
        asks = self.page.locator("a[data-ask]:visible")
        kinds = dict.fromkeys(kind_of(one.get_attribute("href") or "") for one in asks.all())
        for kind in kinds:
            self.page.goto(address)
            link = next(one for one in asks.all() if kind_of(one.get_attribute("href") or "") == kind)
            link.click()
            self.page.locator("dialog[open]").wait_for()
            while (found := next(self._fields("dialog " + kind, "dialog[open] "), None)) is not None:
                self._press(*found)
                if not self.page.locator("dialog[open]").count():
                    break
            self.unchanged(f"the dialog {kind} of {address}")

    def _links(self) -> list[str]:
        links = self.page.locator("a[href^='/app']").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        return [one.partition("#")[0] for one in links if "cursor=" not in one and "sort=" not in one]

    def _press_all(self, address: str) -> None:
        pressed = []
        self.pages.add(kind_of(address))
        while (found := next(self._fields(kind_of(address)), None)) is not None:
            place, handle = found
            pressed.append(str(place))
            if self._press(place, handle):
                self.page.goto(address)
        if pressed:
            self.unchanged("\n".join(pressed))

    def _fields(self, page: str, inside: str = "#work ") -> Iterator[tuple[Place, ElementHandle]]:
        """The visible fields of the page whose kind was not met yet."""
        for handle in self.page.query_selector_all(", ".join(inside + one for one in FIELDS)):
            if not handle.is_visible():
                continue
            told = handle.evaluate(
                "(one) => [one.form?.getAttribute('action') || '', one.name || one.id,"
                " [...(one.form?.querySelectorAll('button') || [])].map((button) => button.value || button.innerText).join(' ')]"
            )
            place = Place(page, f"{kind_of(told[0])} [{ID.sub('{id}', told[2])[:60]}]", ID.sub("{id}", told[1]))
            if place not in self.fields:
                yield place, handle

    def _press(self, place: Place, handle: ElementHandle) -> bool:
        """Type something and press Enter; whether the page asked its server anything."""
        self.fields.add(place)
        before = self._asked
        kind = handle.get_attribute("type") or "text"
        if kind != "radio" and not self._fill(
            handle, TYPED.get(kind, "7" if handle.get_attribute("inputmode") else "typed by the walk")
        ):
            self.fields.discard(place)
            return True
        handle.press("Enter")
        self.page.wait_for_timeout(150)
        self.page.wait_for_load_state("load")
        return self._asked > before

    def _fill(self, handle: ElementHandle, text: str) -> bool:
        """Type into a field. False when it went away with the answer to the Enter before it; it is looked for again."""
        try:
            handle.fill(text, timeout=GONE_WITHIN)
        except TimeoutError:
            if handle.is_visible():
                raise
            return False
        return True

    def _count(self, request: Request) -> None:
        if request.resource_type in ("document", "fetch", "xhr"):
            self._asked += 1


def kind_of(address: str) -> str:
    """An address without its ids and the values of its query."""
    path, _, query = ID.sub("{id}", address).partition("?")
    names = sorted({one.partition("=")[0] for one in query.split("&") if one})
    return path + ("?" + "&".join(names) if names else "")
