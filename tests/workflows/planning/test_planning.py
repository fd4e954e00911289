"""The rules planner, the dates of what comes next, and the checks of a plan's items."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.workflows import stages
from services.workflows.facts.customer import ContactFacts, HoldFacts, KnownFact
from services.workflows.planning import rules, validation
from tests.workflows.customer_contexts import SEED, TODAY, planning_context, sampled, walked, with_text

DISCOVERY = stages.get_or_none("discovery")


def planned(name=SEED, outputs=None, **changes):
    context = sampled(name, **changes)
    return planned_with(context, walked(context) if outputs is None else outputs)


def planned_with(context, outputs):
    steps = [
        {"kind": kind, "title": kind, "status": "completed", "summary": out["summary"]} for kind, out in outputs.items()
    ]
    return rules.draft(planning_context(context, outputs, steps))


def test_the_seeds_plan_has_the_seeds_parts():
    plan = planned()
    assert [one["processor"] for one in plan["aiTasks"]] == [
        "salesforce-contact-updater",
        "contract-deadline-alert",
        "follow-up-reminder-creator",
        "workflow-scheduler",
    ]
    assert [(one["complexity"], len(one["subTasks"])) for one in plan["csmTasks"]] == [
        ("complex", 4),
        ("simple", 0),
        ("simple", 0),
        ("simple", 0),
    ]
    assert [one["order"] for one in plan["timeline"]] == [1, 2, 3, 4, 5, 6, 7]
    assert {one["owner"] for one in plan["timeline"]} == {"AI", "CSM", "Customer"}
    assert plan["nextWorkflow"]["stage"] == "prepare"
    assert "CFO relationship established" in plan["nextWorkflow"]["conditions"]
    assert len(plan["summary"]["completed"]) == 5
    assert len(plan["summary"]["metrics"]) == 3
    assert plan["issues"] == []


def people(*contacts):
    """Contacts of a customer whose buyer was met, by (name, role, days since the last touch)."""
    met = TODAY - timedelta(days=400)
    return tuple(
        ContactFacts(name, name, role, last_met_on=met, last_touch_on=TODAY - timedelta(days=days))
        for name, role, days in contacts
    )


CALM = people(("Ada", "economic_buyer", 10), ("Ben", "champion", 10))


def titles(contacts, notes=""):
    context = with_text(contacts=contacts)
    outputs = walked(context, notes=notes)
    return {task["key"]: task for task in planned_with(context, outputs)["csmTasks"]}


@pytest.mark.parametrize(
    ("notes", "why"),
    [
        ("The budget was cut by 10 %.", "the budget is being cut"),
        ("They are unhappy since the outage.", "trouble is not forgotten"),
        ("They are evaluating another product.", "another offer is on the table"),
    ],
)
def test_a_sponsor_is_looked_for_where_something_is_decided_above_the_buyer(notes, why):
    task = titles(CALM, notes)["find_sponsor"]
    assert why in task["description"]
    assert [evidence["step"] for evidence in task["evidence"]] == ["stakeholders", "assessment"]


def test_a_calm_customer_without_a_sponsor_or_a_technical_buyer_is_left_in_peace():
    assert {"find_sponsor", "refresh_contacts"}.isdisjoint(titles(CALM))


@pytest.mark.parametrize(
    ("days", "title"),
    [
        ((90,), "Get back in touch with P0"),
        ((90, 120), "Get back in touch with P1 and P0"),
        ((90, 120, 70), "Get back in touch with P1, P0 and P2"),
        ((90, 120, 70, 80), "Get back in touch with P1, P0, P3 and 1 more"),
    ],
)
def test_who_was_not_in_touch_for_long_is_named_the_longest_first(days, title):
    silent = people(*((f"P{number}", "decision_maker", day) for number, day in enumerate(days)))
    assert titles((*CALM, *silent))["refresh_contacts"]["title"] == title


HOLD = HoldFacts("tender, quiet period", TODAY, TODAY + timedelta(days=30), "Procurement", ("tender portal",))


def test_under_a_hold_nothing_is_planned_that_reaches_the_customer():
    plan = planned(hold=HOLD)
    assert [task["key"] for task in plan["csmTasks"]][0] == "respect_hold"
    first = plan["csmTasks"][0]
    assert first["title"] == "Let nothing reach Brightwater Logistics until 21 Dec 2026"
    assert "Procurement asked for it. Allowed all the same: tender portal." in first["description"]
    assert first["evidence"] == [{"step": "customer", "field": "hold", "quote": "tender, quiet period"}]
    reaching = {kind.key for kind in DISCOVERY.recommendations if kind.reaches_customer}
    assert reaching.isdisjoint(task["key"] for task in plan["csmTasks"])
    assert "follow-up-reminder-creator" not in [item["processor"] for item in plan["aiTasks"]]
    assert "Customer" not in {entry["owner"] for entry in plan["timeline"]}
    assert "The hold is over" in plan["nextWorkflow"]["conditions"]


def test_what_was_recommended_before_the_hold_is_left_out_and_named():
    before = walked(sampled())
    plan = planned(outputs=before, hold=HOLD)
    assert "engage_economic_buyer" not in {task["key"] for task in plan["csmTasks"]}
    [issue] = [issue for issue in plan["issues"] if issue["item"] == "hold"]
    assert "Engage the economic buyer" in issue["reason"]


def outgoing(what, in_days, recipient=None):
    details = {"what": what, "who": "billing", "recipient": recipient}
    return KnownFact("going_out", details, due_on=TODAY + timedelta(in_days))


def test_what_goes_out_by_itself_under_a_hold_is_stopped_the_soonest_first():
    known = (outgoing("the reminder", 9, "Ada"), outgoing("the invoice", 2), outgoing("the survey", 60))
    stop = {task["key"]: task for task in planned(hold=HOLD, known=known)["csmTasks"]}["stop_outgoing"]
    assert stop["title"] == "Stop the invoice on 23 Nov 2026 and the reminder to Ada on 30 Nov 2026"
    assert [evidence["quote"] for evidence in stop["evidence"]] == [
        "the invoice, by billing",
        "the reminder to Ada, by billing",
    ]
    assert "stop_outgoing" not in {task["key"] for task in planned(known=known)["csmTasks"]}


def key_date(what, in_days, name=None, who=None):
    return KnownFact("key_date", {"what": what, "name": name, "who": who}, on=TODAY + timedelta(in_days))


@pytest.mark.parametrize(
    ("fact", "title", "due"),
    [
        (key_date("budget", 18, "the round of 2027", "Ada"), "Give Ada a figure for the round of 2027 before 9 Dec 2026", "2026-11-30"),
        (key_date("budget", 4), "Give whoever decides a figure for the budget before 25 Nov 2026", "2026-11-21"),
        (key_date("committee", 12, None, "Ben"), "Have the paper for the committee with Ben before 3 Dec 2026", "2026-11-27"),
        (
            key_date("option", 47, "24 months at 4 %"),
            "Tell Brightwater Logistics of 24 months at 4 % before it closes on 7 Jan 2027",
            "2026-11-30",
        ),
        (key_date("go_live", 20, "Dolna"), "See that Dolna goes live on 11 Dec 2026", "2026-11-30"),
    ],
)  # fmt: skip
def test_days_count_back_from_what_closes(fact, title, due):
    later = key_date("review", 55, "The QBR")
    task = {task["key"]: task for task in planned(known=(later, fact))["csmTasks"]}["be_ready"]
    assert (task["title"], task["dueDate"]) == (title, due)
    assert "After that: The QBR on 15 Jan 2027." in task["description"]
    assert task["evidence"][0]["field"] == "facts.key_date"


@pytest.mark.parametrize(
    "facts", [(key_date("budget", 61),), (key_date("budget", 0),), (key_date("fiscal_year_end", 9),), ()]
)
def test_no_day_that_is_far_or_over_or_closes_nothing_asks_for_anything(facts):
    assert "be_ready" not in {task["key"] for task in planned(known=facts)["csmTasks"]}


def test_a_plan_stands_on_what_was_recommended_though_the_facts_are_gone_since():
    silent = people(("Cy", "decision_maker", 90))
    known = (key_date("budget", 10), outgoing("the survey", 2), point("the annex", "us", 5))
    for changes in ({"known": known, "contacts": (*CALM, *silent)}, {"known": known, "hold": HOLD}):
        before = with_text(**changes)
        now = with_text(contacts=CALM)
        then = [task["title"] for task in planned_with(before, walked(before))["csmTasks"]]
        assert [task["title"] for task in planned_with(now, walked(before))["csmTasks"]] == then


def test_words_as_long_as_a_fact_may_have_make_an_item_that_is_not_too_long():
    known = tuple(point(letter * 200, "us", 5) for letter in "abc")
    assert len(planned(known=known)["csmTasks"][0]["title"]) <= validation.LONGEST_TITLE


def point(text, side, days):
    details = {
        "point": text,
        "side": side,
        "askedBy": "customer",
        "fallback": None,
        "worthPerYear": None,
        "currency": None,
    }
    return KnownFact("open_point", details, on=days and TODAY - timedelta(days))


def test_our_own_delay_comes_first_with_the_day_since_when():
    known = (point("the annex", "us", 5), point("the price", "customer", 40), point("redlines", "us", 12))
    ours = planned(known=known)["csmTasks"][0]
    assert ours["title"] == "Give our answer on redlines and the annex"
    assert "The customer waits for us since 9 Nov 2026, for 12 days" in ours["description"]
    assert "answer_ours" not in {task["key"] for task in planned(known=known, hold=HOLD)["csmTasks"]}
    undated = planned(known=(point("the annex", "us", None),))["csmTasks"][0]
    assert "The customer waits for us; our own delay" in undated["description"]


def test_the_metadata_names_the_seeds_people():
    metadata = planned()["aiTasks"][0]["metadata"]
    assert (metadata["oldContact"]["name"], metadata["newContact"]["name"]) == ("Sarah Chen", "Eric Estrada")
    assert metadata["opportunityId"].startswith("006")
    assert planned()["aiTasks"][2]["metadata"]["reminderMessage"] == "Follow up on CFO meeting request"


def test_the_timeline_is_in_order_of_its_dates():
    days = [one["date"] for one in planned()["timeline"]]
    assert days == sorted(days)


def test_without_a_departed_contact_there_is_no_contact_update():
    plan = planned("Mesa Robotics")
    assert [one["key"] for one in plan["aiTasks"]] == ["contract_deadline", "next_workflow"]
    assert [one["key"] for one in plan["csmTasks"]] == ["explore_expansion"]


END_USER = ContactFacts("u1", "Abe Adler", "end_user", status="departed", successor_id="u2")
NEXT_END_USER = ContactFacts("u2", "Bea Brown", "end_user")


def test_the_successor_of_an_end_user_does_not_become_the_primary_contact():
    people = [one for one in sampled().contacts if one.status == "active"]
    plan = planned(contacts=(END_USER, NEXT_END_USER, *people))
    assert "crm_contact_update" not in {one["key"] for one in plan["aiTasks"]}
    assert "crm_contact_update" not in {one["item"] for one in plan["issues"]}
    assert not [one for one in plan["summary"]["keyDecisions"] if "primary contact" in one]


def test_whoever_else_left_does_not_stand_before_the_primary_contact_who_left():
    plan = planned(contacts=(END_USER, NEXT_END_USER, *sampled().contacts))
    update = next(one for one in plan["aiTasks"] if one["key"] == "crm_contact_update")
    assert (update["metadata"]["oldContact"]["name"], update["metadata"]["newContact"]["name"]) == (
        "Sarah Chen",
        "Eric Estrada",
    )
    assert [one for one in plan["summary"]["keyDecisions"] if "primary contact" in one] == [
        "Eric Estrada is to be the primary contact in place of Sarah Chen"
    ]


def test_a_cause_without_the_crms_ids_is_an_issue_and_no_item():
    context = sampled()
    outputs = walked(context)
    outputs["stakeholders"]["departed"][0]["salesforceId"] = None
    plan = planned(outputs=outputs)
    assert "crm_contact_update" not in {one["key"] for one in plan["aiTasks"]}
    assert plan["issues"][0]["item"] == "crm_contact_update"


def test_of_contradicting_notices_the_earlier_date_is_alerted():
    alert = next(one for one in planned("Oriel Insurance")["aiTasks"] if one["key"] == "contract_deadline")
    assert alert["metadata"]["deadline"] == "2026-12-21"
    assert "contradicts" in alert["description"]


def test_no_other_date_takes_the_place_of_a_notice_that_could_not_be_read():
    context = with_text(
        "The term of this Agreement ends on 30 June 2027. It renews for a year unless a party cancels it by notice in good time."
    )
    plan = rules.draft(planning_context(context, walked(context)))
    assert "contract_deadline" not in {one["key"] for one in plan["aiTasks"]}
    reason = next(one["reason"] for one in plan["issues"] if one["item"] == "contract_deadline")
    assert reason.startswith("A person has to read the contract's notice")


def test_a_draft_is_the_same_each_time_and_its_ids_are_its_executions():
    assert planned() == planned()
    ids = [one["id"] for one in [*planned()["aiTasks"], *planned()["csmTasks"]]]
    assert len(set(ids)) == len(ids)


def test_a_plan_can_be_drafted_when_every_step_was_skipped():
    plan = planned(outputs={})
    assert [one["key"] for one in plan["aiTasks"]] == ["contract_deadline", "next_workflow"]
    assert plan["csmTasks"] == []


def test_the_next_workflow_starts_140_days_before_on_a_business_day():
    prepare = stages.get_or_none("prepare")
    assert prepare.starts_on(date(2027, 4, 14), TODAY, "US") == date(2026, 11, 25)
    assert prepare.starts_on(date(2027, 4, 15), TODAY, "US") == date(2026, 11, 27)  # Thanksgiving is skipped
    assert prepare.starts_on(date(2027, 4, 15), TODAY, "DE") == date(2026, 11, 26)
    assert prepare.starts_on(date(2027, 5, 1), TODAY, "US") == date(2026, 12, 14)  # a Saturday


def test_the_next_workflow_never_starts_in_the_past():
    start = stages.get_or_none("prepare").starts_on(TODAY + timedelta(days=100), TODAY, "US")
    assert start == date(2026, 11, 23)


def test_the_next_stage_is_the_following_one_or_what_the_days_already_call_for():
    after = {
        days: stages.next_stage(DISCOVERY, TODAY + timedelta(days=days), TODAY).key
        for days in (240, 165, 121, 119, 10, -5)
    }
    assert after == {240: "prepare", 165: "prepare", 121: "prepare", 119: "engage", 10: "critical", -5: "overdue"}
    assert stages.next_stage(stages.get_or_none("overdue"), TODAY, TODAY) is None


SCHEMA = {
    "type": "object",
    "properties": {
        "message": {"type": "string", "maxLength": 5},
        "on": {"type": "string", "format": "date"},
        "to": {"type": "string", "format": "email"},
    },
    "required": ["message"],
    "additionalProperties": False,
}


def item(**changes):
    return {
        "title": "Do it",
        "description": "",
        "priority": 1,
        "estimatedCompletionTime": "soon",
        "complexity": "simple",
        "processor": "known",
        "metadata": {"message": "hi"},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"processor": "unknown"}, ["processor: there is none named unknown"]),
        ({"processor": "../known.js"}, ["processor: a registered name is needed, never a path"]),
        ({"processor": "processors/known"}, ["processor: a registered name is needed, never a path"]),
        ({"processor": None}, ["processor: a registered name is needed, never a path"]),
        ({"metadata": []}, ["metadata: an object is needed"]),
        ({"metadata": {}}, ["metadata.message: Missing."]),
        ({"metadata": {"message": "too long"}}, ["metadata.message: Longer than 5 characters."]),
        ({"metadata": {"message": "hi", "to": "nobody"}}, ["metadata.to: Not an e-mail address."]),
        ({"metadata": {"message": "hi", "on": "soon"}}, ["metadata.on: Not a valid date."]),
        ({"title": " "}, ["title: it is missing"]),
        ({"title": "t" * 256}, ["title: longer than 255 characters"]),
        ({"priority": 6}, ["priority: a whole number from 1 to 5 is needed"]),
        ({"complexity": "hard"}, ["complexity: one of simple, moderate, complex is needed"]),
    ],
)
def test_an_ai_item_is_told_what_is_wrong_with_it(changes, told):
    assert validation.Checker({"known": SCHEMA}).ai_task(item(**changes)) == told


def test_without_a_registry_an_item_is_doubtful_and_not_refused():
    checker = validation.Checker({})
    assert checker.ai_task(item()) == []
    assert checker.doubts(item()) == [validation.UNKNOWN_REGISTRY]
    assert checker.ai_task(item(processor="a/b")) != []


def test_a_csm_item_is_told_of_its_sub_tasks():
    checker = validation.Checker({})
    sub = {"title": "", "priority": 1, "complexity": "simple"}
    assert checker.csm_task(item(dueDate="2026-11-30", subTasks=[sub])) == ["sub-task 1: title: it is missing"]
    assert checker.csm_task(item(dueDate="tomorrow")) == ["dueDate: a date such as 2026-11-30 is needed"]
    assert checker.csm_task(item(subTasks=[item()] * 51))[0] == "subTasks: more than 50"


def test_every_sample_customer_can_be_planned():
    for name in ("Kauri Health", "Sable Fashion", "Vega Schools Trust", "Copperfield Press", "Aoraki Outdoors"):
        plan = planned(name)
        assert plan["csmTasks"]
        assert all(validation.Checker({}).csm_task(one) == [] for one in plan["csmTasks"])
        assert all(validation.Checker({}).ai_task(one) == [] for one in plan["aiTasks"])
