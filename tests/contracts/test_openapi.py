"""Every service is asked what its own OpenAPI promises, with generated good and bad input, as an admin."""

from __future__ import annotations

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

EXAMPLES = 12
EXAMPLES_THERE = 4


@pytest.mark.parametrize("service", CONTEXTS)
def test_it_keeps_what_its_openapi_promises(service, applications, admin):
    application, _ = applications[service]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application)
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in STREAMS:
            continue
        _ask(operation, admin)
        asked += 1
    assert asked >= 1


def test_runs_keeps_it_of_things_that_are_there_too(applications, admin):
    """A generated id is nobody's: here each operation is asked about things of its own."""
    application, _ = applications["runs"]
    asked = 0
    for found in schemathesis.openapi.from_wsgi("/openapi.json", application).get_all_operations():
        operation = found.ok()
        if "{" in operation.path:
            _ask(operation, admin, there=things.made(application, admin), examples=EXAMPLES_THERE)
            asked += 1
    assert asked >= 25


def _ask(operation, headers, *, there=None, examples=EXAMPLES):
    @settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
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
