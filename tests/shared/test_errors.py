"""The tree of errors: what a refusal says to whoever reads its text."""

from __future__ import annotations

import pytest

from shared.ground.errors import Invalid


@pytest.mark.parametrize(
    ("errors", "text"),
    [
        ({}, "No."),
        ({"metadata.note": ["Missing."]}, "No. metadata.note: Missing."),
        (
            {"arr": ["Not an amount.", "Not below 0."], "name": "Missing."},
            "No. arr: Not an amount. Not below 0. name: Missing.",
        ),
        ({"usage": {"activeSeats": ["Not a number."]}}, "No. usage: activeSeats: Not a number."),
    ],
)
def test_the_text_of_a_refusal_names_each_field_and_why(errors, text):
    assert str(Invalid("No.", errors=errors)) == text


def test_its_message_stays_without_them():
    assert Invalid("No.", errors={"name": ["Missing."]}).message == "No."
