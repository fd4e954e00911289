"""Bad bodies for every operation that takes one, found in the services' own OpenAPI."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.attack.asking import Call
from tests.attack.target import Target
from tests.contexts import CONTEXTS
from tests.contracts import tenants
from tests.contracts.bodies import TRIES
from tests.contracts.test_other_tenants import headers_for
from tests.contracts.test_unique import REACHED
from tests.contracts.unfit import UNFIT

JSON = {"Content-Type": "application/json"}
LARGE = b'{"name": "' + b"x" * 9_000_000 + b'"}'
ODD_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**15, "", "x", "²", "x" * 70_000, "2026-13-45", "2026-01-01T99:99:99Z", [], [[]], [None], {}, {"a": {}},
)  # fmt: skip
LINES = ("Two\r\nBcc: x@elsewhere.test", "Tab\tand\x07bell", "Line\u2028Separator")
EXAMPLES = {"date": "2027-06-01", "date-time": "2027-06-01T09:00:00Z", "uuid": "018f0000-0000-7000-8000-000000000000"}
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Operation:
    """One that takes JSON: the schema of its body, and where the named schemas stand."""

    service: str
    method: str
    path: str
    schema: dict[str, Any]
    spec: dict[str, Any]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that is meant, with its parts folded into one."""
        if "$ref" in schema:
            return self.resolved(self.spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
        for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
            found = self.resolved(part)
            schema = schema | found | {"properties": schema.get("properties", {}) | found.get("properties", {})}
        return schema

    def fields(self, schema: dict[str, Any], place: Place = ()) -> Iterator[Place]:
        """Where each field stands in the body; of a list its first item."""
        schema = self.resolved(schema)
        for name, field in schema.get("properties", {}).items():
            yield (*place, name)
            yield from self.fields(field, (*place, name))
        if isinstance(schema.get("items"), dict):
            yield (*place, 0)
            yield from self.fields(schema["items"], (*place, 0))

    def example(self, schema: dict[str, Any]) -> Any:
        """A value that fits, with what is required and no more."""
        schema = self.resolved(schema)
        kinds = schema.get("type", "object")
        kind = next((told for told in [kinds, *kinds] if told in BY_KIND), "object") if kinds else "object"
        if schema.get("enum"):
            return schema["enum"][0]
        if kind == "object":
            needed = schema.get("required", ())
            return {name: self.example(field) for name, field in schema.get("properties", {}).items() if name in needed}
        if kind == "string":
            return EXAMPLES.get(schema.get("format", ""), "1")
        return [] if kind == "array" else BY_KIND[kind]


BY_KIND: dict[str, Any] = {"string": "1", "integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}


def operations(target: Target) -> list[Operation]:
    """All of them."""
    return [
        Operation(service, method.upper(), path, media["schema"], spec)
        for service in CONTEXTS
        for spec in [target.spec(service)]
        for path, methods in spec["paths"].items()
        for method, told in methods.items()
        if isinstance(told, dict)
        for media in told.get("requestBody", {}).get("content", {}).values()
    ]


def calls(target: Target) -> Iterator[Call]:
    """All bad bodies."""
    yield from _taken(target)
    for operation in operations(target):
        for body, _ in UNFIT.values():
            yield _call(target, operation, "JSON that cannot be kept", body)
            yield _call(target, operation, "the same in chunks", iter((body[:7], body[7:])))
        yield _call(target, operation, "9 MB", LARGE)
        yield _call(target, operation, "9 MB in chunks", iter([LARGE[:1_000_000]] * 9))
        for value in (*ODD_VALUES, "{", b"\xff\xfe", b'"\xed\xa0\x80"'):
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            yield _call(target, operation, "a body that is no object", body)
        yield from _fields(target, operation)


def _fields(target: Target, operation: Operation) -> Iterator[Call]:
    good = _good_body(target, operation)
    for place in operation.fields(operation.schema):
        for value in ODD_VALUES:
            yield _call(target, operation, "a wrong type in a field", json.dumps(placed(good, place, value)).encode())
        for value in LINES:
            yield _call(target, operation, "CR LF in a field", json.dumps(placed(good, place, value)).encode())


def _good_body(target: Target, operation: Operation) -> Any:
    """One that the operation takes, where the tests of ids have one; else what its schema requires."""
    name = f"{operation.method} {operation.path}"
    own = target.blue[operation.service]
    made = next(
        (
            told.make(own, own)
            for (service, what, _), told in TRIES.items()
            if (service, what) == (operation.service, name)
        ),
        None,
    )
    return made if made is not None else operation.example(operation.schema)  # fmt: skip


def placed(body: Any, place: Place, value: Any) -> Any:
    """A copy of the body with the value at this place; what is missing on the way is made."""
    made = copy.deepcopy(body) if isinstance(body, dict) else {}
    here: Any = made
    for step, following in zip(place, place[1:], strict=False):
        empty: Any = [] if following == 0 else {}
        if isinstance(step, int):
            if not here:
                here.append(empty)
            if not isinstance(here[0], type(empty)):
                here[0] = empty
        elif not isinstance(here.get(step), type(empty)):
            here[step] = empty
        here = here[step]
    if isinstance(here, list):
        here[:] = [value]
    else:
        here[place[-1]] = value
    return made


def _call(target: Target, operation: Operation, kind: str, body: Any) -> Call:
    path = operation.path.format_map(target.blue[operation.service])
    headers = headers_for(target.applications, path, tenants.admin_of(tenants.BLUE))
    return Call(kind, operation.service, operation.method, path, headers | JSON, body)


def _taken(target: Target) -> Iterator[Call]:
    """A value that is unique and taken: made twice, and again by a change."""
    headers = tenants.headers_of(target.applications, tenants.admin_of(tenants.BLUE)) | JSON
    for (service, _, _), (path, make, field, _) in REACHED.items():
        for number in range(4):
            body = json.dumps(make("taken")).encode()
            yield Call("a unique value that is taken", service, "POST", path, headers, body)
            yield Call(
                "a unique value that is taken", service, "POST", path, headers | {"Idempotency-Key": f"k{number}"}, body
            )
        named = {"/api/customers": "customer_id", "/api/partnerships": "partnership_id", "/api/people": "person_id"}[
            path
        ]
        change = json.dumps({field: make("taken")[field]}).encode()
        yield Call(
            "a unique value that is taken", service, "PATCH", f"{path}/{target.blue[service][named]}", headers, change
        )
