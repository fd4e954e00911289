"""A query parameter that takes one value is not ignored when it is given twice: it is refused by its name, at every service."""

from __future__ import annotations

import pytest

from tests.contexts import CONTEXTS


def questions(application):
    """Every GET of the service's own description, with the names of its query parameters."""
    paths = application.test_client().get("/openapi.json").get_json()["paths"]
    for path, operations in paths.items():
        asked = operations.get("get", {}).get("parameters", [])
        names = [parameter["name"] for parameter in asked if parameter.get("in") == "query"]
        if names:
            yield path, names


@pytest.mark.parametrize("service", CONTEXTS)
def test_a_parameter_given_twice_is_refused_by_its_name(service, applications, admin):
    application, _ = applications[service]
    client, asked = application.test_client(), 0
    for path, names in questions(application):
        if path.startswith("/internal/"):
            continue
        for name in names:
            answer = client.get(
                path.replace("{", "").replace("}", ""), query_string=f"{name}=1&{name}=2", headers=admin
            )
            assert answer.status_code == 422, (path, name)
            assert answer.get_json()["errors"] == {name: ["Give it once; it takes one value."]}, (path, name)
            asked += 1
    assert asked >= 3
