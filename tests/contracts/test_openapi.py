"""Every service is asked what its own OpenAPI promises, with generated good and bad input, as an admin.

Short by itself, the same input every time. With LONG=1 (`make test-contracts LONG=1`) there are many more examples, and other ones at
each run: about twenty minutes over all four services.
"""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contexts import CONTEXTS
from tests.contracts import things

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
STREAMS = ("/api/runs/stream",)
"""They never end, so their answer is tested where streams are."""

LONG = bool(os.environ.get("LONG"))
EXAMPLES, EXAMPLES_THERE = (300, 150) if LONG else (12, 4)

pytestmark = pytest.mark.timeout(3600 if LONG else 900)


@pytest.mark.parametrize("service", CONTEXTS)
def test_it_keeps_what_its_openapi_promises(service, applications, admin):
    application, _ = applications[service]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in operations if operation.path not in STREAMS]
    assert operations
    broken = [failure for operation in operations if (failure := _failure(operation, admin))]
    assert not broken, "\n\n".join(broken)


def test_runs_keeps_it_of_things_that_are_there_too(applications, admin):
    """A generated id is nobody's: here each operation is asked about things of its own."""
    application, _ = applications["runs"]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [operation for operation in operations if "{" in operation.path]
    assert len(operations) >= 25
    made = (things.made(application, admin) for _ in operations)
    asked = zip(operations, made, strict=True)
    broken = [failure for operation, there in asked if (failure := _failure(operation, admin, there=there))]
    assert not broken, "\n\n".join(broken)


def _failure(operation, headers, *, there=None):
    """What the operation broke of its promise, with the request that shows it; None when it kept it.

    All operations are asked before any is complained of, so that a long run is not for one finding.
    """
    try:
        _ask(operation, headers, there=there, examples=EXAMPLES_THERE if there else EXAMPLES)
    except Exception as failure:
        return f"{operation.method.upper()} {operation.path}: {failure}"
    return None


def _ask(operation, headers, *, there, examples):
    @settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        derandomize=not LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def run(data):
        mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if there:
            case.path_parameters = {name: there[name] for name in case.path_parameters}
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()


@pytest.mark.parametrize("service", CONTEXTS)
def test_every_view_says_who_may_call_it_and_refuses_strangers(service, applications):
    application, _ = applications[service]
    client = application.test_client()
    seen = 0
    for rule in application.url_map.iter_rules():
        if not rule.rule.startswith(("/api/", "/internal/")):
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = (
                path.replace(f"<{argument}>", "x")
                .replace(f"<string:{argument}>", "x")
                .replace(f"<path:{argument}>", "x")
            )
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = client.open(path, method=method)
            assert answer.status_code == 401, f"{method} {path} answered a stranger with {answer.status_code}"
            seen += 1
    assert seen >= 2
