"""What a toast over the page says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.monitor.pages import partials, status_style
from services.monitor.pages.partials import Variables


@dataclass(frozen=True)
class Undo:
    """The form that takes back what was just done: the address in the console to which it is posted, and its fields.

    With `in_place` its answer replaces parts of the page, as `partials` renders them; without, it leads to a page.
    """

    action: str
    fields: Sequence[tuple[str, str]] = ()
    in_place: bool = False


@dataclass(frozen=True)
class Toast:
    """A toast: its words, the style of what it is about, and what can be done. One that `stays` waits to be dismissed."""

    title: str
    tone: str
    icon: str
    body: str = ""
    link: str = ""
    id: str = ""
    undo: Undo | None = None
    stays: bool = False


def of_status(status: str, title: str, body: str = "", link: str = "") -> Toast:
    """A toast in the style of a status."""
    style = status_style.of(status)
    return Toast(title, style.colour, style.icon, body, link)


def part(toast: Toast, around: Variables | None = None) -> str:
    """A toast as a part of an answer that htmx puts in place; `around` are the layout's variables outside a request."""
    return partials.part("#toasts", "frame/toast.html", {**(around or {}), "notice": toast}, "beforeend")
