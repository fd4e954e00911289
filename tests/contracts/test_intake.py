"""One gate before every door: what no column can hold, what is too deep, too long or too large is refused by name, at all four services."""

from __future__ import annotations

import json
import re
import socket
from io import BytesIO

import pytest

from shared.ground import clock
from shared.security.tokens import Signer
from tests.contexts import CONTEXTS
from tests.contracts.unfit import CURSORS, UNFIT
from tests.house import House


def doors(application):
    """Every `(method, path)` of a service that takes a body."""
    spec = application.test_client().get("/openapi.json").json
    return [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict) and "requestBody" in operation
    ]


@pytest.fixture
def ask(applications, admin, keys):
    """`ask("runs", "POST", path, body)` -> the answer, to an admin or, where only services may ask, to one of them."""
    of_service = {"Authorization": "Bearer " + Signer("monitor", keys).for_service(clock.now())}

    def asked(service, method, path, body, *, chunked=False):
        client = applications[service][0].test_client()
        headers = of_service if path.startswith("/internal/") else admin
        told = {"method": method, "headers": headers, "content_type": "application/json"}
        if not chunked:
            return client.open(path, data=body, **told)
        environ = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        return client.open(path, environ_overrides=environ, **told)

    return asked


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
@pytest.mark.parametrize("service", CONTEXTS)
def test_what_cannot_be_kept_is_refused_by_name_at_every_door(service, chunked, applications, ask):
    asked = 0
    for method, path in doors(applications[service][0]):
        for what, (body, field) in UNFIT.items():
            answer = ask(service, method, path, body, chunked=chunked)
            where = f"{method} {path} with {what}: {answer.text[:300]}"
            assert answer.status_code == 422, where
            assert answer.content_type == "application/problem+json", where
            assert field is None or field in answer.json["errors"], where
            asked += 1
    assert asked >= len(UNFIT)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a": "\xed\xa0\x80"}', 400),
        (b'{"a": "\xff"}', 400),
        (b'{"a": ', 400),
        (b'{"a": "\x00"}', 422),
        (b"[]", 422),
        (b'"text"', 422),
    ],
    ids=["half a pair as bytes", "no UTF-8", "cut off", "raw NUL", "a list", "a text"],
)
@pytest.mark.parametrize("service", CONTEXTS)
def test_what_is_no_json_object_is_refused_at_every_door(service, body, status, applications, ask):
    for method, path in doors(applications[service][0]):
        answer = ask(service, method, path, body)
        assert answer.status_code == status, f"{method} {path}: {answer.text[:300]}"


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "chunked"])
@pytest.mark.parametrize("service", CONTEXTS)
def test_what_is_too_large_is_413_and_says_how_large_it_may_be(service, chunked, applications, ask):
    body = json.dumps({"metadata": {"note": "x" * 9_000_000}}).encode()
    for method, path in doors(applications[service][0]):
        answer = ask(service, method, path, body, chunked=chunked)
        assert answer.status_code == 413, f"{method} {path}: {answer.text[:300]}"
        assert "kB" in answer.json["detail"], f"{method} {path}: {answer.text[:300]}"


def test_only_files_may_be_as_large_as_files(applications, ask):
    body = json.dumps({"name": "x" * 2_000_000}).encode()
    taken = [
        path
        for service in CONTEXTS
        for method, path in doors(applications[service][0])
        if ask(service, method, path, body).status_code != 413
    ]
    assert sorted(taken) == [
        "/api/contacts/import",
        "/api/customers/customer_id/contracts",
        "/api/customers/customer_id/contracts/contract_id",
        "/api/customers/import",
        "/api/customers/usage/import",
        "/api/files",
        "/api/imports",
        "/api/imports",
        "/api/partnerships/import",
    ]


@pytest.mark.parametrize("service", CONTEXTS)
def test_the_address_and_a_kept_header_are_looked_at_too(service, applications, admin):
    application, _ = applications[service]
    client = application.test_client()
    for rule in application.url_map.iter_rules():
        if rule.rule.startswith("/api/") and "GET" in rule.methods:
            path = rule.rule.replace("<", "").replace(">", "").replace("string:", "").replace("path:", "")
            answer = client.get(f"{path}?q=a%00b", headers=admin)
            assert answer.status_code == 422, f"{path}: {answer.text[:300]}"
            assert answer.json["errors"]["q"], path


@pytest.mark.parametrize("service", CONTEXTS)
def test_a_cursor_that_is_none_of_ours_is_never_more_than_that(service, applications, admin):
    client = applications[service][0].test_client()
    spec = client.get("/openapi.json").json
    lists = [
        path
        for path, operations in spec["paths"].items()
        if any(told.get("name") == "cursor" for told in operations.get("get", {}).get("parameters", ()))
    ]
    assert lists
    for path in lists:
        for cursor in CURSORS:
            answer = client.get(re.sub("[{}]", "", path), query_string={"cursor": cursor}, headers=admin)
            assert answer.status_code in (200, 404, 422), f"{path}?cursor={cursor}: {answer.text[:300]}"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The runs API alone, as a real server."""
    with House(tmp_path_factory.mktemp("gate"), services=("runs",), workers={"runs": 0}) as house:
        yield house


@pytest.mark.parametrize(
    ("framed", "status"),
    [
        (b"zz\r\n{}\r\n0\r\n\r\n", 400),
        (b"5\r\nabcdefgh\r\n0\r\n\r\n", 400),
        (b"-1\r\n{}\r\n0\r\n\r\n", 400),
        (b"ffffffffffffffffff\r\n{}", 400),
        (b'8\r\n{"a":1e9\r\n3\r\n99}\r\n0\r\n\r\n', 422),
        (b'e\r\n{"a":"\\u0000"}\r\n0\r\n\r\n', 422),
    ],
    ids=["no size", "wrong size", "below nothing", "cut off", "infinite", "NUL"],
)
def test_a_bad_chunk_is_the_callers_fault(framed, status, house):
    answer = _raw(house, b"Transfer-Encoding: chunked\r\n", framed)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:600]
    assert b"application/problem+json" in answer


def _raw(house, header, body):
    """The whole answer to bytes that no client library would send."""
    head = b"POST /api/partnerships HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    head += f"Authorization: {house.headers()['Authorization']}\r\n".encode() + header + b"\r\n"
    with socket.create_connection(("127.0.0.1", house.told.ports["runs"]), timeout=30) as line:
        line.sendall(head + body)
        received = b""
        while piece := line.recv(65536):
            received += piece
    return received
