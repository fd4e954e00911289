"""Every route of every service, asked by an admin of another tenant: what is in its path is not found, its lists hold nothing of
ours, and no row of ours changes."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.contexts import CONTEXTS
from tests.contracts import tenants
from tests.contracts.tenants import BLUE

STREAMS = ("/api/runs/stream",)
"""They never end; what they tell is tested where streams are."""

CALLERS = ("/api/people/me",)
"""The row of whoever calls; those who call here have none."""

EVERYBODYS = {
    "/api/workflows/definitions/<key>", "/static/<path:filename>", "/app/<any(flows):name>", "/api/queues/<name>/pause",
    "/api/queues/<name>/resume",
}  # fmt: skip
"""Nothing in these paths is a tenant's."""

OWN_PAGES = ("/app/monitor/", "/app/notifications/", "/app/admin/people/", "/app/views/")
PAGES_OF_OWNERS = (
    "/app/contacts/", "/app/customers/", "/app/renewals/", "/app/tasks/", "/app/partnerships/", "/app/objectives/", "/app/templates/", "/app/recurrences/",
    "/app/runs/", "/app/admin/mailbox/", "/app/admin/queues/", "/app/import/",
)  # fmt: skip
"""They show what an owner answers to the person who looks; the owners' routes are walked here."""

EXAMPLES = 6
BODIES = {
    "/api/workflows/tasks/{task_id}/snooze": {"until": "2040-01-01", "reason": "later"},
    "/api/guided-runs/{run_id}/steps/{step_id}/actions": {"type": "create_task", "title": "Something to do"},
    "/api/run-templates/{template_id}": {
        "name": "T",
        "steps": [{"actionType": "review", "title": "Look", "config": {}}],
    },
}
"""Good bodies of operations whose schema does not say enough to make one."""


def headers_for(applications, path, by):
    return (
        tenants.service_headers(applications, by)
        if path.startswith("/internal/")
        else tenants.headers_of(applications, by)
    )


def with_ids(application):
    """(method, rule) of all that has something of a tenant in its path."""
    for rule in application.url_map.iter_rules():
        if rule.arguments and rule.rule not in EVERYBODYS:
            yield from ((method, rule) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}))


@pytest.mark.parametrize("service", CONTEXTS)
def test_what_is_in_a_path_is_not_found_by_another_tenant(service, applications, blue, red):
    application, _ = applications[service]
    before, walked = tenants.rows_of(applications, BLUE), 0
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application)
    operations = {(found.ok().method.upper(), found.ok().path): found.ok() for found in schema.get_all_operations()}
    for method, rule in with_ids(application):
        path = rule.rule.replace("<", "{").replace(">", "}")
        if path.startswith("/app/"):
            continue
        unknown = rule.arguments - blue[service].keys()
        assert not unknown, f"{path}: say in tests/contracts/tenants.py what {unknown} is"
        headers = headers_for(applications, path, red)
        there = {name: blue[service][name] for name in rule.arguments}
        answers = set(statuses(operations[method, path], headers, there))
        assert 404 in answers, f"{method} {path} answered {answers}"
        assert answers <= {404, 422}, f"{method} {path} answered {answers}"
        walked += 1
    assert walked >= 7
    assert tenants.rows_of(applications, BLUE) == before


def statuses(operation, headers, there):
    """What an operation answers to each of some good bodies about these things, until it is 404."""
    found = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def run(data):
        case = data.draw(operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
        case.path_parameters = dict(there)
        case.body = BODIES.get(operation.path, case.body)
        if 404 not in found:
            found.append(case.call(headers=headers).status_code)

    run()
    return found


@pytest.mark.parametrize("service", CONTEXTS)
def test_the_same_paths_are_found_by_their_own_tenant(service, applications, blue):
    """Else the test above would find nothing because there is nothing."""
    application, _ = applications[service]
    client, headers = application.test_client(), tenants.headers_of(applications, tenants.admin_of(BLUE))
    for method, rule in with_ids(application):
        if method == "GET" and rule.rule.startswith("/api/"):
            path = rule.rule.replace("<", "{").replace(">", "}").format_map(blue[service])
            assert client.get(path, headers=headers).status_code == 200, path


def test_no_page_of_the_console_finds_what_is_another_tenants(applications, blue, red):
    application, _ = applications["monitor"]
    before, walked = tenants.rows_of(applications, BLUE), 0
    client, headers = application.test_client(), tenants.headers_of(applications, red)
    for method, rule in with_ids(application):
        if not rule.rule.startswith("/app/"):
            continue
        assert rule.rule.startswith(OWN_PAGES + PAGES_OF_OWNERS), f"{rule.rule}: say whose the things in it are"
        if rule.rule.startswith(OWN_PAGES):
            path = rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}").format_map(blue["monitor"])
            answer = client.open(
                path, method=method, headers=headers, data={"role": "member", "happened": "yes", "reason": "x"}
            )
            assert answer.status_code in (403, 404), f"{method} {path} answered {answer.status_code}"
            walked += 1
    assert walked >= 10
    assert tenants.rows_of(applications, BLUE) == before


@pytest.mark.parametrize("service", CONTEXTS)
def test_no_list_and_no_filter_shows_what_is_another_tenants(service, applications, blue, green):
    application, _ = applications[service]
    client = application.test_client()
    ours, theirs = (tenants.headers_of(applications, by) for by in (tenants.admin_of(BLUE), green))
    secrets = {one for things in blue.values() for one in things.values() if len(one) > 20} | {tenants.secret_of(BLUE)}
    paths = client.get("/openapi.json").json["paths"]
    walked = shown = 0
    for path, methods in paths.items():
        if "get" not in methods or "{" in path or not path.startswith("/api/") or path in STREAMS + CALLERS:
            continue
        names = [one["name"] for one in methods["get"].get("parameters", ()) if one.get("in") == "query"]
        queries = [
            {},
            *(
                {name: value}
                for name in names
                if name.endswith("_id") or name in ("owner", "q", "by")
                for value in sorted(secrets)
            ),
        ]
        for query in queries:
            answer = client.get(path, query_string=query, headers=theirs)
            assert answer.status_code in (200, 422), f"{path} {query} answered {answer.status_code}"
            found = {one for one in secrets - set(query.values()) if one in answer.text}
            assert not found, f"{path} {query} shows {found}"
            walked += 1
        shown += any(one in client.get(path, headers=ours).text for one in secrets)
    assert walked >= 3
    assert shown >= 1, "their own tenant sees none of it either"


def test_a_tenant_that_is_not_ones_own_cannot_be_asked_for(applications, red):
    client, headers = applications["monitor"][0].test_client(), tenants.headers_of(applications, red)
    for path in ("/api/runs", "/api/people", "/api/acts", "/api/admin/runs/stats", "/api/runs/stream"):
        assert client.get(f"{path}?tenant={BLUE}", headers=headers).status_code == 404, path
