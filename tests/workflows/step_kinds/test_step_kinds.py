"""Assessment, pricing, stakeholders and recommendations: each from the customer's own data."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from services.workflows import stages
from services.workflows.definition import StepContext
from services.workflows.step_kinds import KINDS
from shared.ground.errors import Invalid
from tests.workflows.customer_contexts import SEED, WALKED, computed, sampled, walked, with_text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"confidenceScore": 7}, "input.relationshipScore"),
        ({"relationshipScore": 11, "confidenceScore": 7}, "input.relationshipScore"),
        ({"relationshipScore": "8", "confidenceScore": 7}, "input.relationshipScore"),
        ({"relationshipScore": True, "confidenceScore": 7}, "input.relationshipScore"),
        ({"relationshipScore": 8, "confidenceScore": 0}, "input.confidenceScore"),
        ({"relationshipScore": 8, "confidenceScore": 7, "notes": "n" * 10_001}, "input.notes"),
        ({"relationshipScore": 8, "confidenceScore": 7, "mood": "good"}, "input.mood"),
    ],
)
def test_an_assessment_names_the_field_that_is_wrong(given, field):
    with pytest.raises(Invalid) as refused:
        computed("assessment", sampled(), given)
    assert list(refused.value.errors) == [field]


def test_a_step_without_input_takes_none():
    with pytest.raises(Invalid) as refused:
        computed("pricing", sampled(), {"target": 1})
    assert list(refused.value.errors) == ["input.target"]


def test_the_assessment_sets_the_csms_view_beside_the_figures():
    output = computed("assessment", sampled("Copperfield Press"), {"relationshipScore": 9, "confidenceScore": 9})
    assert output["systemRisk"] == "high"
    assert output["csmRisk"] == "low"
    assert output["agreement"]["agrees"] is False


def test_notes_are_read_for_signals_and_negations_are_not():
    told = "The budget was reduced by 12%. There is no competitor involved. They may expand next year!"
    output = computed("assessment", with_text(), {"relationshipScore": 5, "confidenceScore": 5, "notes": told})
    assert [(one["kind"], one["percent"]) for one in output["signals"]] == [("budget_cut", 12.0), ("expansion", None)]
    assert output["signals"][0]["note"] == "The budget was reduced by 12%."


def test_the_seeds_customer_gets_the_seeds_target():
    price = walked(sampled())["pricing"]
    assert (price["target"], price["increasePercent"]) == ("265000.00", 6.8)
    assert sum(one["percent"] for one in price["reasons"]) == pytest.approx(6.92)
    assert all(one["text"] and one["field"] and Decimal(one["amount"]) for one in price["reasons"])


def test_a_cap_clamps_the_target_and_rounding_never_breaks_it():
    for limit, highest in (("5%", 105_000), ("3.3%", 103_300), ("0.1%", 100_100)):
        price = walked(with_text(f"Fees may not increase by more than {limit} at each renewal."))["pricing"]
        assert Decimal("100000") <= Decimal(price["target"]) <= highest
        assert Decimal(price["high"]) <= highest
        assert price["reasons"][-1]["key"] == "cap"
        assert price["reasons"][-1]["quote"].startswith("Fees may not increase")


def test_a_locked_price_stays_exactly_as_it_is():
    context = sampled("Mesa Robotics")
    assert walked(context)["pricing"]["target"] == f"{context.customer.arr:.2f}"


def test_contradicting_caps_are_held_to_the_lower_one():
    assert walked(sampled("Oriel Insurance"))["pricing"]["cap"]["limitPercent"] == 4.0


def test_no_cap_is_said_to_be_kept_to_where_contradicting_sentences_name_none():
    text = "At each renewal the fees increase by the consumer price index. Upon renewal, the then-current list prices apply."
    cap = walked(with_text(text))["pricing"]["cap"]
    assert (cap["limitPercent"], cap["limitIs"]) == (None, None)
    assert cap["text"].startswith("The contract's sentences contradict one another;")
    assert "kept to" not in cap["text"]


def test_a_cap_that_cannot_be_read_is_told_and_does_not_clamp():
    cap = walked(sampled("Juniper Books"))["pricing"]["cap"]
    assert cap["limitPercent"] is None
    assert "could not be read" in cap["text"]


def test_each_fact_moves_the_target_its_own_way():
    plain = with_text()

    def target(**changes):
        return Decimal(walked(replace(plain, customer=replace(plain.customer, **changes)))["pricing"]["target"])

    neutral = target()
    assert target(health_score=95) > neutral > target(health_score=40)
    assert (
        target(usage={"monthlyActiveUsers": [10, 10, 10, 20, 20, 20]})
        > neutral
        > target(usage={"monthlyActiveUsers": [20, 20, 20, 10, 10, 10]})
    )
    assert (
        target(signals=({"kind": "budget_cut", "percent": 30},))
        < target(signals=({"kind": "budget_cut", "percent": 5},))
        < neutral
    )
    assert Decimal(walked(plain, stage="emergency")["pricing"]["target"]) < neutral
    assert Decimal(walked(plain, relationship=2, confidence=2)["pricing"]["target"]) < neutral


def test_a_customer_without_revenue_has_no_target():
    context = with_text()
    price = walked(replace(context, customer=replace(context.customer, arr=Decimal(0))))["pricing"]
    assert price["status"] == "not computed"
    assert "target" not in price


def test_pricing_works_where_the_steps_before_were_skipped():
    assert computed("pricing", sampled())["status"] == "computed"


def test_the_seeds_stakeholders_are_three_with_a_critical_gap_at_the_cfo():
    people = walked(sampled())["stakeholders"]
    assert people["keyStakeholders"] == 3
    assert people["gaps"][0]["title"] == "CFO relationship gap (economic buyer not engaged)"
    assert people["gaps"][0]["severity"] == "critical"
    assert [(one["name"], one["successor"]["name"]) for one in people["departed"]] == [("Sarah Chen", "Eric Estrada")]
    assert [one["title"] for one in people["strengths"]] == ["Strong operational relationships"]
    assert {one["name"]: one["lastTouchDays"] for one in people["stakeholders"]}["Eric Estrada"] == 5


def test_whoever_left_without_a_successor_is_a_gap():
    people = walked(sampled("City of Larkspur"))["stakeholders"]
    assert "departed_contact" in {gap["key"] for gap in people["gaps"]}


def test_a_customer_without_contacts_misses_every_role():
    gaps = walked(with_text())["stakeholders"]["gaps"]
    assert [gap["key"] for gap in gaps] == [
        "missing_economic_buyer",
        "missing_champion",
        "missing_executive_sponsor",
        "missing_technical_buyer",
    ]


def test_the_seeds_recommendations_are_four_each_with_evidence():
    output = walked(sampled())["recommendations"]
    assert len(output["recommendations"]) == 4
    assert all(one["why"] and one["evidence"] for one in output["recommendations"])
    assert all(
        "quote" in ground or "value" in ground for one in output["recommendations"] for ground in one["evidence"]
    )
    findings = output["findings"]
    assert findings["critical"] == ["CFO relationship gap (economic buyer not engaged)"]
    assert "Budget pressure (15% cuts) impacts renewal" in findings["concerns"]
    assert findings["strengths"] == ["Strong operational relationships"]


def test_evidence_quotes_the_step_that_it_names():
    outputs = walked(sampled())
    quoted = [
        g
        for one in outputs["recommendations"]["recommendations"]
        for g in one["evidence"]
        if g["step"] == "contract_analysis"
    ]
    sentences = {one["sentence"] for one in outputs["contract_analysis"]["obstacles"]}
    assert quoted
    assert {ground["quote"] for ground in quoted} <= sentences


def test_another_customer_gets_another_output_at_every_step():
    seed, other = walked(sampled(SEED)), walked(sampled("Mesa Robotics"))
    assert all(seed[kind] != other[kind] for kind in WALKED)
    assert [one["key"] for one in other["recommendations"]["recommendations"]] == ["explore_expansion"]


def test_nothing_is_recommended_from_a_step_that_was_skipped():
    output = computed("recommendations", sampled())
    assert [one["key"] for one in output["recommendations"]] == ["confirm_course"]


def test_why_a_clause_is_unclear_is_told_in_the_words_of_its_finding():
    output = walked(sampled("Polaris Energy"))["recommendations"]
    clarify = next(one for one in output["recommendations"] if one["key"] == "clarify_contract")
    assert clarify["why"] == "The text does not read as English, the only language that is read."


def test_kinds_have_keys_of_their_own():
    assert len({kind.key for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_computes_a_summary_from_its_own_example(kind):
    plan = {"aiTasks": [], "csmTasks": [], "nextWorkflow": None} if kind.holds_plan else None
    context = StepContext(sampled(), stages.get_or_none("discovery"), input=kind.read_input(kind.example), plan=plan)
    output = kind.compute(context)
    assert output["summary"]
    assert json.loads(json.dumps(output)) == output


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_names_a_field_that_it_does_not_take(kind):
    with pytest.raises(Invalid) as refused:
        kind.read_input({**kind.example, "mood": "good"})
    assert refused.value.errors == {"input.mood": ["Unknown field."]}
