"""Comments on runs and steps: who is mentioned is told, once, and only one's own are taken back."""

from __future__ import annotations

import pytest

from services.runs import people
from services.runs.models import Comment
from shared.ground.principal import Principal
from tests.runs.conftest import ANA, MAX, OTHER, know, notification_requests
from tests.runs.walking import only_step, run_of, step

pytestmark = pytest.mark.usefixtures("database")

MIA = Principal("person", "mia", "Mia Weber", "demo")


@pytest.fixture(autouse=True)
def known(database):
    know(ANA, MAX, MIA, OTHER)


def recipients():
    return sorted(row.recipient_id for row in notification_requests())


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("@Max Weber, please look", ["max"]),
        ("please look, @max@demo.test.", ["max"]),
        ("(@Mia) and @Max Weber", ["mia", "max"]),
        ("@Max please", ["max"]),
        ("@max Weber twice @Max", ["max"]),
        ("ask max@demo.test", []),
        ("@Weber", []),
        ("@Nobody Known", []),
        ("@Otto", []),
        ("@Maximilian", []),
    ],
)
def test_people_are_mentioned_by_name_and_by_address(body, mentioned):
    assert people.mentioned("demo", body, []) == mentioned


def test_whoever_is_mentioned_is_told_where_but_not_oneself(ask):
    run = run_of(step("review", "Look"), name="Weekly")
    body = {"body": "@Max Weber and @Ana Alvarez: see this", "stepId": only_step(run).id, "mentions": [MIA.id, MAX.id]}
    answer = ask("POST", f"/api/guided-runs/{run.id}/comments", body)
    assert (answer.status_code, sorted(answer.json["mentions"])) == (201, ["ana", "max", "mia"])
    assert recipients() == ["max", "mia"]
    told = notification_requests()[0]
    assert (told.kind, told.title, told.link) == (
        "mention",
        "Ana Alvarez mentioned you in “Look” in Weekly",
        f"/app/runs/{run.id}",
    )


def test_a_mention_of_nobody_here_is_422(ask):
    run = run_of(step())
    for body in ({"body": "x", "mentions": ["nobody"]}, {"body": "x", "mentions": [OTHER.id]}, {"body": " "}):
        assert ask("POST", f"/api/guided-runs/{run.id}/comments", body).status_code == 422
    assert Comment.select().count() == 0


def test_comments_are_listed_newest_first_and_taken_back_by_who_wrote_them(ask):
    run = run_of(step())
    path = f"/api/guided-runs/{run.id}/comments"
    first = ask("POST", path, {"body": "first"}).json
    ask("POST", path, {"body": "second"}, by=MAX)
    assert [one["body"] for one in ask("GET", path).json["items"]] == ["second", "first"]
    assert ask("DELETE", f"{path}/{first['id']}", by=MAX).status_code == 403
    assert ask("DELETE", f"{path}/{first['id']}").status_code == 204
    assert ask("DELETE", f"{path}/{first['id']}").status_code == 404
    assert [one["body"] for one in ask("GET", path).json["items"]] == ["second"]


def test_another_tenant_reads_and_says_nothing(ask):
    run = run_of(step())
    path = f"/api/guided-runs/{run.id}/comments"
    assert ask("GET", path, by=OTHER).status_code == 404
    assert ask("POST", path, {"body": "x"}, by=OTHER).status_code == 404
    other = run_of(step())
    assert ask("POST", path, {"body": "x", "stepId": only_step(other).id}).status_code == 404
