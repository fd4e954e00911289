"""Odd texts in every field of every form of the console, found in its own pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_plus, urlencode

from tests.attack.asking import STREAMS, Call, ask_all
from tests.attack.target import Target
from tests.contracts import tenants

URLENCODED = "application/x-www-form-urlencoded"
TEXTS = (
    *("", "x", "%00", "%ED%A0%80", "%FF", "%C2%B2", "-1", "1e999", "NaN", "2026-13-45", "2026-01-01T99%3A99", "two%0D%0Alines", "%E2%80%A8"),
    *("9" * 5_000, "x" * 70_000, "%5B" * 5_000, "%7B%22a%22%3ANaN%7D", "0001-01-01", "9999-12-31"),
)  # fmt: skip
"""As they stand in a form that is sent."""

EACH = 6
"""How many of the texts each field gets; the next field gets the next ones."""

PART = '--b\r\nContent-Disposition: form-data; name="{}"; filename="a{}.csv"\r\n\r\n{}\r\n'
ENDS_A_SESSION = ("/sign-out", "/sign-in")
"""Signing in is tried by `connections`; its limits would be in the way here."""


@dataclass
class Form:
    """Where a form is sent, and what stands in it before anybody types."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    """The forms of a page that are sent by POST."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found, self._open = path, list[Form](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = told.get("method", "").lower() == "post"
            if self._open:
                self.found.append(Form(told.get("action") or self.path))
        elif self._open and told.get("name") and tag in ("input", "select", "textarea", "button"):
            self.found[-1].fields.setdefault(told["name"], told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        if tag == "form":
            self._open = False


def calls(target: Target) -> Iterator[Call]:
    """Every field of every form with odd texts, and bodies that are no form."""
    headers = tenants.headers_of(target.applications, tenants.admin_of(tenants.BLUE))
    texts = itertools.cycle(TEXTS)
    for form in _last_what_ends_things(_found(target, headers)):
        for name in form.fields:
            for _ in range(EACH):
                yield _call("an odd text in a field of a form", form, headers, _with(form, name, next(texts)))
            yield _call("a field twice, or not at all", form, headers, _with(form, name, f"a&{quote_plus(name)}=b"))
            yield _call(
                "a field twice, or not at all",
                form,
                headers,
                urlencode({k: v for k, v in form.fields.items() if k != name}),
            )
        yield from _no_forms(form, headers)


def _no_forms(form: Form, headers: dict[str, str]) -> Iterator[Call]:
    first = next(iter(form.fields), "name")
    chunked = iter((f"{quote_plus(first)}=".encode(), b"a%00b"))
    yield _call("a form in chunks", form, headers, chunked)
    yield _call("a form of 9 MB", form, headers, b"name=" + b"x" * 9_000_000)
    yield _call("a form of 20,000 fields", form, headers, "&".join(f"a{n}=1" for n in range(20_000)))
    for kind in (
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "b" * 300,
    ):
        for text in ("x", "\x00", "name\nM\xfcller"):
            body = (PART.format(first, text[:1].strip("\x00"), text) + "--b--\r\n").encode("latin-1")
            yield _call("a file where none is meant", form, headers, body, kind)
        yield _call("a file where none is meant", form, headers, b"--b\r\nno head at all", kind)
    for kind in ("application/json", "text/plain; charset=nothing", "a/b; charset=\xff"):
        yield _call("a form that says it is something else", form, headers, urlencode(form.fields), kind)


def _with(form: Form, name: str, text: str) -> str:
    others = urlencode({key: value for key, value in form.fields.items() if key != name})
    return f"{others}&{quote_plus(name)}={text}"


def _call(kind: str, form: Form, headers: dict[str, str], body: object, content_type: str = URLENCODED) -> Call:
    return Call(kind, "monitor", "POST", form.action, headers | {"Content-Type": content_type}, body)


def _last_what_ends_things(forms: list[Form]) -> list[Form]:
    ends = ("delete", "cancel", "complete", "finalize", "reject", "skip", "stop", "deactivate")
    return sorted(forms, key=lambda form: form.action.endswith(ends))


def _found(target: Target, headers: dict[str, str]) -> list[Form]:
    """The forms of all pages about things that are there, each once."""
    things = target.known(target.blue, "monitor")
    pages = [
        Call("", "monitor", "GET", route.path(things | ids), headers)
        for ids in (target.blue["runs"], target.blue["workflows"], target.blue["executor"])
        for route in target.routes()
        if route.is_page and route.method == "GET" and route.rule not in STREAMS
    ]
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for answered in ask_all(target.house.url, pages):
        reader = _Forms(answered.call.path)
        reader.feed(answered.text)
        for form in reader.found:
            if not form.action.startswith(ENDS_A_SESSION):
                found.setdefault((form.action, tuple(form.fields)), form)
    return list(found.values())
