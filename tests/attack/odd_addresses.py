"""Odd query parameters, cursors and ids in paths, of the services' routes and of the console's pages."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from services.monitor import pages
from tests.attack.asking import STREAMS, Answered, Call, ask
from tests.attack.target import Target
from tests.contexts import CONTEXTS
from tests.contracts import tenants
from tests.contracts.routes import Route
from tests.contracts.test_other_tenants import headers_for
from tests.contracts.unfit import CURSORS

VALUES = (
    *("", "%00", "%FF", "%ED%A0%80", "%C2%B2", "-1", "0", "1.5", "1e999", "NaN", "null", "true", "%5B%5D", "2026-13-45T99:99:99Z", "0001-01-01"),
    *("9" * 3_000, "x" * 3_000, "9223372036854775808", "%0D%0AX-Odd:%20a", "%", "%zz", "..%2F..%2Fetc", "'%22;--", "%E2%80%A8", "*"),
)  # fmt: skip
"""As they stand in an address."""

READ_BY_PAGES = re.compile(r"(?:args\.get|chosen)\(([^()]*)\)")


def calls(target: Target) -> Iterator[Call]:
    """All of them."""
    yield from _queries(target)
    yield from _queries_of_pages(target)
    yield from _paths(target)


def _call(target: Target, kind: str, route: Route, path: str) -> Call:
    headers = headers_for(target.applications, path, tenants.admin_of(tenants.BLUE))
    return Call(kind, route.service, route.method, path, headers)


def _queries(target: Target) -> Iterator[Call]:
    cursors = list(_own_cursors(target))
    for route in _read(target, of_pages=False):
        path = route.path(target.known(target.blue, route.service))
        spec = target.spec(route.service)["paths"][route.rule.replace("<", "{").replace(">", "}")]["get"]
        names = [told["name"] for told in spec.get("parameters", ()) if told.get("in") == "query"]
        for name in (*names, "unknown"):
            for value in VALUES:
                yield _call(target, "an odd query parameter", route, f"{path}?{name}={value}")
            yield _call(target, "a repeated query parameter", route, f"{path}?{name}=1&{name}=2")
        if "cursor" in names:
            for cursor in (*CURSORS, *cursors):
                yield _call(target, "a cursor that is none of this list", route, f"{path}?cursor={quote(cursor)}")


def _queries_of_pages(target: Target) -> Iterator[Call]:
    cursors, names = list(_own_cursors(target)), sorted(_names_that_pages_read())
    values = itertools.cycle(VALUES)
    for route in _read(target, of_pages=True):
        path = route.path(target.known(target.blue, "monitor"))
        for value in VALUES:
            shorter = value[: 3_000 // len(names)]
            yield _call(
                target, "odd queries of pages", route, f"{path}?{'&'.join(f'{name}={shorter}' for name in names)}"
            )
        for name in names:
            yield _call(target, "odd queries of pages", route, f"{path}?{name}={next(values)}")
            yield _call(target, "odd queries of pages", route, f"{path}?{name}=1&{name}={next(values)}")
        for cursor in (*CURSORS, *cursors):
            yield _call(target, "odd cursors of pages", route, f"{path}?cursor={quote(cursor)}")


def _paths(target: Target) -> Iterator[Call]:
    for route in target.routes():
        if route.arguments and route.rule not in STREAMS:
            for value in VALUES:
                things = dict.fromkeys(route.arguments, value)
                kind = "an odd id in the path of a page" if route.is_page else "an odd id in a path"
                yield _call(target, kind, route, route.path(things))


def _read(target: Target, *, of_pages: bool) -> Iterable[Route]:
    return [
        route
        for route in target.routes()
        if route.method == "GET" and route.is_page == of_pages and route.rule not in STREAMS
    ]


def _names_that_pages_read() -> set[str]:
    """The query parameters that stand in the code of the pages."""
    sources = [file.read_text() for file in Path(pages.__file__).parent.glob("*.py")]
    return {name for text in sources for read in READ_BY_PAGES.findall(text) for name in re.findall(r'"(\w+)"', read)}


def _own_cursors(target: Target) -> Iterator[str]:
    """Cursors that lists gave for themselves, and some that are of the right shape with other values in them."""
    headers = tenants.headers_of(target.applications, tenants.admin_of("demo"))
    for service in CONTEXTS:
        for path in target.spec(service)["paths"]:
            if path.startswith("/api/") and "{" not in path and path not in STREAMS:
                answered: Answered = ask(
                    target.house.url(service), Call("", service, "GET", f"{path}?limit=1", headers)
                )
                found = re.search(r'"next":\s*"([^"]+)"', answered.text)
                if found:
                    yield found[1]
    for values in (
        [1, "a"],
        ["9" * 300, "a"],
        [-(2**63), "a"],
        [2**63, "a"],
        ["2026-11-21T12:00:00Z", 1],
        ["", ""],
        [[], {}],
    ):
        yield base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
