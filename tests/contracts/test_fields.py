"""Every field of every body: a text of one line takes no line break, a number is a number, true is true, free JSON has a bound."""

from __future__ import annotations

import pytest
from marshmallow import Schema, ValidationError, fields

from services.executor import api as executor
from services.monitor import api as monitor
from services.runs import api as runs
from services.workflows import api as workflows

API = {"executor": executor, "monitor": monitor, "runs": runs, "workflows": workflows}

PROSE = {
    *("description", "body", "note", "notes", "text", "csv", "reason", "outcome"),
}
"""The fields that may have several lines, by their name in JSON; everywhere else a text is one line."""


def bodies(service):
    """The schema of every body that a service takes."""
    for blueprint in API[service].blueprints:
        for name, methods in blueprint._docs.items():
            for method, told in methods.items():
                for parameter in ((told or {}).get("arguments") or {}).get("parameters", ()):
                    if parameter["in"] == "json":
                        schema = parameter["schema"]
                        yield f"{method} {name}", schema() if isinstance(schema, type) else schema


def leaves(schema, path=""):
    """`(path, name, field)` of everything that a schema loads, however deep."""
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        yield from _inside(f"{path}.{key}".strip("."), key, field)


def _inside(path, name, field):
    if isinstance(field, fields.Nested):
        yield from leaves(field.schema, path)
    elif isinstance(field, fields.List):
        yield from _inside(path, name, field.inner)
    else:
        yield path, name, field


def every(kind):
    return [
        pytest.param(field, id=f"{service} {where} {path}")
        for service in API
        for where, schema in bodies(service)
        for path, name, field in leaves(schema)
        if isinstance(field, kind) and (kind is not fields.String or name not in PROSE)
    ]


@pytest.mark.parametrize("field", every(fields.String))
def test_a_text_of_one_line_takes_no_line_break_and_no_other_control_character(field):
    for text in ("Two\r\nLines", "Two\nLines", "Bell\a", "Next\x85Line", "Line\u2028Separator", "Tab\tbed"):
        with pytest.raises(ValidationError):
            field.deserialize(text)


@pytest.mark.parametrize("field", every(fields.Boolean))
def test_true_is_true_and_nothing_that_is_taken_for_it(field):
    assert (field.deserialize(True), field.deserialize(False)) == (True, False)
    for value in (1, 0, 1.0, "true", "yes", "on", ""):
        with pytest.raises(ValidationError):
            field.deserialize(value)


@pytest.mark.parametrize("field", every(fields.Integer))
def test_a_whole_number_is_written_as_one(field):
    for value in (1.0, 2.5, True, "1", "²"):
        with pytest.raises(ValidationError):
            field.deserialize(value)


BOUNDED_BY_WHAT_IS_IN_IT = ("config", "executor post submit metadata")
"""A step's config is checked key by key (tests/runs), an AI task's metadata by its processor (tests/executor)."""


@pytest.mark.parametrize(
    "field", [told for told in every(fields.Dict) if not told.id.endswith(BOUNDED_BY_WHAT_IS_IN_IT)]
)
def test_free_json_has_a_bound(field):
    with pytest.raises(ValidationError):
        field.deserialize({"a": "x" * 70_000})


def test_there_are_bodies_everywhere():
    assert all(len(list(bodies(service))) >= least for service, least in {"runs": 20, "workflows": 10}.items())
    assert all(isinstance(schema, Schema) for service in API for _, schema in bodies(service))
