"""The ten bands of days, and which stage follows which."""

from __future__ import annotations

import pytest

from services.workflows import stages

EDGES = [
    (10_000, "monitor"),
    (180, "monitor"),
    (179, "discovery"),
    (150, "discovery"),
    (149, "prepare"),
    (120, "prepare"),
    (119, "engage"),
    (90, "engage"),
    (89, "negotiate"),
    (60, "negotiate"),
    (59, "finalize"),
    (30, "finalize"),
    (29, "signature"),
    (15, "signature"),
    (14, "critical"),
    (7, "critical"),
    (6, "emergency"),
    (0, "emergency"),
    (-1, "overdue"),
    (-4_000, "overdue"),
]


@pytest.mark.parametrize(("days", "key"), EDGES)
def test_each_edge_of_a_band_is_in_its_stage(days, key):
    assert stages.for_days(days).key == key


def test_every_day_is_in_exactly_one_stage():
    for days in range(-60, 400):
        assert [stage.key for stage in stages.STAGES if stage.covers(days)] == [stages.for_days(days).key]


def test_the_stages_follow_one_another_to_the_end():
    keys, stage = [], stages.get_or_none("monitor")
    while stage:
        keys.append(stage.key)
        stage = stages.following(stage)
    assert keys == [
        "monitor",
        "discovery",
        "prepare",
        "engage",
        "negotiate",
        "finalize",
        "signature",
        "critical",
        "emergency",
        "overdue",
    ]


def test_discovery_has_six_steps_and_only_it_is_available():
    assert [stage.key for stage in stages.STAGES if stage.available] == ["discovery"]
    kinds = [step.kind.key for step in stages.get_or_none("discovery").steps]
    assert kinds == [
        "assessment",
        "contract_analysis",
        "pricing",
        "stakeholders",
        "recommendations",
        "action_plan",
    ]


def test_prepare_opens_140_days_before_the_renewal():
    assert stages.get_or_none("prepare").opens_at_days == 140
    assert stages.get_or_none("prepare").covers(140)


def test_every_stage_opens_inside_its_own_band():
    assert all(stage.covers(stage.opens_at_days) for stage in stages.STAGES if stage.opens_at_days is not None)


def test_an_unknown_key_names_no_stage():
    assert stages.get_or_none("../discovery") is None


@pytest.mark.parametrize("stage", stages.STAGES, ids=lambda stage: stage.key)
def test_what_a_stage_recommends_has_keys_of_its_own_and_what_comes_first_is_among_it(stage):
    keys = [kind.key for kind in stage.recommendations]
    assert len(set(keys)) == len(keys)
    assert set(stage.plan.csm_priorities) <= set(stage.recommendations)
