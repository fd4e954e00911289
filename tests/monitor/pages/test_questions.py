"""The page that asks before something is done says where it stands."""

from __future__ import annotations

import re

import pytest


@pytest.mark.parametrize(
    ("page", "crumb"),
    [
        ("/app/runs/1/steps/2/rows/3/set-aside", ("/app/runs", "Runs")),
        ("/app/runs/1/steps/2/meetings/3/cancel", ("/app/runs", "Runs")),
        ("/app/renewals/1/steps/2/skip", ("/app/renewals", "Renewals")),
        ("/app/renewals/1/steps/2/reset", ("/app/renewals", "Renewals")),
    ],
)
def test_a_question_names_the_list_that_it_belongs_to(ana, page, crumb):
    text = ana.get(page).text
    assert re.findall(r'<span class="crumb"><a href="([^"]+)">([^<]+)<', text) == [crumb]
