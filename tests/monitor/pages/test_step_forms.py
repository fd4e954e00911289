"""The form of a template's steps, read as the config that runs takes."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from services.monitor.pages import step_forms


def read(**typed: str) -> dict:
    row = {
        "key": "",
        "actionType": "review",
        "title": "Look",
        "description": "",
        "shows": "",
        "days": "",
        "stage": "",
        "limit": "",
        "configJson": "",
    }
    [step] = step_forms.read(MultiDict({f"step-{name}": value for name, value in (row | typed).items()}))
    return step["config"]


@pytest.mark.parametrize(
    ("days", "sent"),
    [("", 14), ("21", 21), ("0", 0), ("soon", "soon")],
)
def test_days_are_sent_as_typed_and_only_nothing_is_the_usual_number(days, sent):
    assert read(shows="no_contact", days=days) == {"filter": {"noContactDays": sent}}
    assert read(shows="new_leads", days=days) == {"filter": {"newWithinDays": sent, "stage": "New Lead"}}
