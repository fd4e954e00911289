"""Time zones are typed, completed on the way, and read as people write them."""

from __future__ import annotations

import pytest

from services.monitor.pages import time_zones


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" berlin ", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("New York", "America/New_York"),
        ("utc", "UTC"),
        ("", ""),
        ("Mars/Base", "Mars/Base"),
        ("Etc/GMT+3", "Etc/GMT+3"),
        ("Louisville", "Louisville"),  # in America and in America/Kentucky
    ],
)
def test_a_zone_is_read_by_its_name_or_its_city(typed, read):
    assert time_zones.read(typed) == read


def test_what_is_typed_is_completed(ana):
    assert ana.get("/app/time-zones?timeZone=york").text == '<option value="America/New_York"></option>'
    assert ana.get("/app/time-zones?timeZone=a").text.count("<option") == time_zones.MOST_OFFERED
    assert ana.get("/app/time-zones").text == ""
