"""What one tenant has, asked for by an admin of another: in paths, in lists and in searches, of services and of pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import schemathesis

from tests.attack.asking import STREAMS, Answered, Call, ask_all
from tests.attack.target import Target
from tests.contexts import CONTEXTS
from tests.contracts import tenants
from tests.contracts.test_other_tenants import EVERYBODYS, headers_for, statuses

Walked = tuple[str, Answered, bool]
FORM = {"role": "member", "happened": "yes", "reason": "x", "body": "x", "note": "x", "until": "2040-01-01"}
PAGE_FILTERS = ("q", "owner", "customer_id", "partnership_id", "template_id", "from", "step_id")
LONG_ENOUGH = 20
"""Shorter texts are no ids, and stand in many pages."""


def rows(target: Target) -> dict[tuple[str, str], str]:
    """What stands of the tenant whose things are asked for."""
    return tenants.rows_of(target.applications, tenants.BLUE)


def rows_changed(target: Target, before: dict[tuple[str, str], str]) -> list[str]:
    """The tables in which it is not the same as before."""
    after = rows(target)
    return [" ".join(table) for table in before.keys() | after.keys() if before.get(table) != after.get(table)]


def walked(target: Target) -> Iterator[Walked]:
    """(what is tried, the answer, whether it tells of another tenant's things) of each call."""
    yield from _ids_in_paths(target)
    yield from _ids_in_paths_of_pages(target)
    yield from _lists(target)
    yield from _lists_of_pages(target)


def _ids_in_paths(target: Target) -> Iterator[Walked]:
    """Each route with good bodies, of which one at least gets as far as asking for the thing."""
    reds = tenants.admin_of(tenants.RED)
    for service in CONTEXTS:
        schema = schemathesis.openapi.from_url(target.house.url(service) + "/openapi.json")
        operations = {(found.ok().method.upper(), found.ok().path): found.ok() for found in schema.get_all_operations()}
        for route in target.routes():
            if route.service != service or route.is_page or not route.arguments or route.rule in EVERYBODYS:
                continue
            path = route.rule.replace("<", "{").replace(">", "}")
            there = {name: target.blue[service][name] for name in route.arguments}
            headers = headers_for(target.applications, path, reds)
            found = statuses(operations[route.method, path], headers, there)
            call = Call("", service, route.method, path)
            for status in found:
                yield "ids in paths", Answered(call, status), status not in (404, 422)
            if 404 not in found:
                yield "ids in paths", Answered(call, 0, "never got as far as the thing"), True


def _ids_in_paths_of_pages(target: Target) -> Iterator[Walked]:
    things, headers = target.known(target.blue, "monitor"), _headers(target)
    calls = [
        Call("", "monitor", route.method, route.path(things), headers, FORM if route.is_unsafe else None)
        for route in target.routes()
        if route.is_page and route.arguments and route.rule not in EVERYBODYS
    ]
    secrets = _secrets(target)
    for answered in ask_all(target.house.url, calls):
        yield "ids in paths of pages", answered, _tells(answered, secrets - set(answered.call.path.split("/")))


def _lists(target: Target) -> Iterator[Walked]:
    secrets, headers = _secrets(target), _headers(target)
    calls: list[Call] = []
    for service in CONTEXTS:
        for path, operations in target.spec(service)["paths"].items():
            if "get" in operations and "{" not in path and path.startswith("/api/") and path not in STREAMS:
                names = [told["name"] for told in operations["get"].get("parameters", ()) if told.get("in") == "query"]
                names = [name for name in names if name.endswith("_id") or name in ("owner", "q", "by")]
                calls += _with_queries(service, path, names, secrets, headers)
    _are_seen_by_their_own(target, calls, secrets)
    for answered in ask_all(target.house.url, calls):
        yield "lists and searches", answered, _tells_beyond_its_query(answered, secrets)


def _lists_of_pages(target: Target) -> Iterator[Walked]:
    secrets, headers = _secrets(target), _headers(target)
    few = sorted(secrets)[:: max(1, len(secrets) // 4)] + [tenants.secret_of(tenants.BLUE)]
    calls: list[Call] = []
    for route in target.routes():
        if route.is_page and not route.is_unsafe and not route.arguments and route.rule not in STREAMS:
            calls += _with_queries("monitor", route.rule, PAGE_FILTERS, few, headers)
    _are_seen_by_their_own(target, calls, secrets)
    for answered in ask_all(target.house.url, calls):
        yield "lists and searches of pages", answered, _tells_beyond_its_query(answered, secrets)


def _are_seen_by_their_own(target: Target, calls: Iterable[Call], secrets: set[str]) -> None:
    """Else nothing would leak because there is nothing."""
    headers = tenants.headers_of(target.applications, tenants.admin_of(tenants.BLUE))
    own = [replace(call, headers=headers) for call in calls if "?" not in call.path]
    seen = [answered for answered in ask_all(target.house.url, own) if _tells(answered, secrets)]
    assert len(seen) >= len(CONTEXTS), "their own tenant does not see them either"


def _with_queries(
    service: str, path: str, names: Iterable[str], values: Iterable[str], headers: dict[str, str]
) -> Iterator[Call]:
    yield Call("", service, "GET", path, headers)
    for name in names:
        for value in sorted(values):
            yield Call("", service, "GET", f"{path}?{urlencode({name: value})}", headers)


def _tells_beyond_its_query(answered: Answered, secrets: set[str]) -> bool:
    asked = answered.call.path.partition("=")[2]
    return _tells(answered, {secret for secret in secrets if secret != asked})


def _tells(answered: Answered, secrets: set[str]) -> bool:
    return answered.status >= 500 or any(secret in answered.text for secret in secrets)


def _secrets(target: Target) -> set[str]:
    """The ids of all that is blue's, and the word in its names."""
    every: Any = (value for things in target.blue.values() for value in things.values())
    return {value for value in every if len(value) > LONG_ENOUGH} | {tenants.secret_of(tenants.BLUE)}


def _headers(target: Target) -> dict[str, str]:
    return tenants.headers_of(target.applications, tenants.admin_of(tenants.RED))
