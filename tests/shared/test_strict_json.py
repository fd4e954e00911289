"""JSON from outside: what can be kept comes through as it is, what cannot is refused with its place."""

from __future__ import annotations

import json

import pytest

from shared.ground import strict_json
from shared.ground.errors import Invalid


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Zoë 😀 \ufeff \u2028",
        [9223372036854775807, -9223372036854775808, 1.5, -0.0, 1e308],
        {"a": [{"b": {"c": [True, False, None]}}]},
        {"": {" ": "\\u0000 written out"}},
    ],
)
def test_what_can_be_kept_comes_through_as_it_is(value):
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert strict_json.loads(text) == json.loads(text)


def nested(levels):
    return "[" * levels + "]" * levels


def test_the_deepest_that_is_taken():
    assert strict_json.loads(nested(strict_json.DEEPEST))
    assert len(strict_json.loads("[" + ",".join(["[]"] * 1_000) + "]")) == 1_000
    for levels in (strict_json.DEEPEST + 1, 990, 100_000):
        with pytest.raises(Invalid) as caught:
            strict_json.loads(nested(levels))
        assert list(caught.value.errors.values()) == [[strict_json.TOO_DEEP]]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ('{"a": NaN}', {"a": ["NaN is no number in JSON."]}),
        ('[1, {"b": Infinity}]', {"1.b": ["Infinity is no number in JSON."]}),
        ('{"a": 1e400}', {"a": [strict_json.TOO_LARGE]}),
        ('{"a": 9223372036854775808}', {"a": [strict_json.TOO_LONG]}),
        ("9" * 5_000, {"_schema": [strict_json.TOO_LONG]}),
        ('{"a": "\\u0000", "b": "\\uD83D"}', {"a": [strict_json.NUL], "b": [strict_json.HALF]}),
        ('{"a\\u0000": 1}', {"a?": [strict_json.NUL]}),
    ],
)
def test_what_cannot_be_kept_is_named(text, errors):
    with pytest.raises(Invalid) as caught:
        strict_json.loads(text)
    assert caught.value.errors == errors


@pytest.mark.parametrize("text", ["", "{", "nan", "'a'", '"a\nb"'])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError, match="line 1"):
        strict_json.loads(text)


def test_a_body_full_of_faults_is_answered_with_some_of_them():
    with pytest.raises(Invalid) as caught:
        strict_json.loads(json.dumps([float("nan")] * 100_000))
    assert len(caught.value.errors) == strict_json.MOST_FAULTS
