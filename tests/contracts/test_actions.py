"""Each kind of action, generated and done in a step at work: the door answers what its OpenAPI promises, and does it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.runs.action_types.registry import ACTIONS
from services.runs.states import STAGES
from shared.contracts.camel import camel
from shared.ground import clock
from tests.contracts import things
from tests.contracts.test_openapi import CHECKS

DOOR = "/api/guided-runs/{run_id}/steps/{step_id}/actions"
EXAMPLES = 6
WHOSE = ("mine", "all")
MARKS = ("fine", "needs attention")
ABOUT = ("row_id", "partnership_id")


@pytest.fixture(scope="module")
def door(applications):
    """The operation of the door, as the OpenAPI of runs describes it."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", applications["runs"][0])
    return schema[DOOR]["POST"]


@pytest.mark.parametrize("kind", ACTIONS)
def test_a_generated_action_in_a_step_at_work_answers_as_promised_and_is_done(kind, door, applications, admin):
    there = things.made(applications["runs"][0], admin)
    if kind == "choose_rows":
        there |= _step_of_all(applications["runs"][0].test_client(), admin)
    _ready(kind, applications["runs"][0].test_client(), there, admin)
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def run(data):
        case = data.draw(door.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
        case.path_parameters = {"run_id": there["run_id"], "step_id": there["step_id"]}
        case.body = _suited(kind, case.body, there, data.draw)
        case.headers = {}
        statuses[case.call_and_validate(headers=admin, checks=CHECKS).status_code] += 1

    run()
    assert sum(statuses.values()) >= EXAMPLES
    assert statuses[200] >= 1, f"it was never done: {dict(statuses)}"


BEFORE = {
    "reopen_row": lambda there: {"type": "set_aside", "rowId": there["row_id"], "note": "Later."},
    "undo_stage": lambda there: {"type": "update_stage", "rowId": there["row_id"], "stage": "Conversation Active"},
    "schedule_meeting": lambda there: {"type": "cancel_meeting", "meetingId": there["meeting_id"]},
}
"""What is done first, by the kind that has nothing to do otherwise."""


def _ready(kind, client, there, headers):
    """Have something there that an action of this kind can be done to."""
    if kind in BEFORE:
        path = DOOR.format(run_id=there["run_id"], step_id=there["step_id"])
        answer = client.post(path, json=BEFORE[kind](there), headers=headers)
        assert answer.status_code == 200, answer.text


def _step_of_all(client, headers):
    """A step at work that leaves it to people whose partnerships it shows."""
    step = {"actionType": "review", "title": "All", "config": {"filter": {"noContactDays": 14}}}
    made = client.post("/api/guided-runs", json={"name": "Of all", "steps": [step]}, headers=headers)
    assert made.status_code == 201, made.text
    ids = {"run_id": made.json["id"], "step_id": made.json["steps"][0]["id"]}
    started = client.post("/api/guided-runs/{run_id}/steps/{step_id}/start".format_map(ids), headers=headers)
    assert started.status_code == 200, started.text
    return ids


def _suited(kind, body, there, draw):
    """The generated body, narrowed to what an action of this kind takes, with what it needs, about things that are there."""
    needed, fields = ACTIONS[kind].needed, ACTIONS[kind].fields
    taken = {
        name: body[camel(name)] for name in fields if name not in needed and name not in ABOUT and camel(name) in body
    }
    taken |= {name: there[name] for name in fields if name in there and draw(st.integers(0, 9))}
    taken |= {name: there.get(name) or draw(_needed(name, there)) for name in needed if name not in taken}
    return {"type": kind} | {camel(name): value for name, value in taken.items()}


def _needed(name, there):
    if name == "row_ids":
        return st.just([there["row_id"]])
    if name == "whose":
        return st.sampled_from(WHOSE)
    if name == "stage":
        return st.sampled_from(STAGES)
    if name == "starts_at":
        return st.integers(1, 50).map(lambda days: clock.rfc3339(clock.now() + timedelta(days=days)))
    if name == "mark":
        return st.sampled_from(MARKS)
    if name == "current":
        return st.integers(0, 20).map(str)
    return st.text("abc", min_size=1, max_size=20)
