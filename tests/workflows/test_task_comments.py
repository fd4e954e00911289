"""Comments on tasks: who is mentioned is told; only who wrote one takes it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.workflows.models import TaskComment, feed, replicas
from tests.workflows.conftest import ANA, OTHER, notification_requests

pytestmark = pytest.mark.usefixtures("database")

TASKS = "/api/workflows/tasks"
MAX = replace(ANA, id="max", name="Max Weber")


@pytest.fixture
def comments(ask):
    """The address of the comments on a task; Max works here."""
    with feed.transaction():
        told = {"id": "max", "tenantId": "demo", "name": "Max Weber", "email": "max@demo.test", "active": True}
        replicas.people.upsert(told, 1)
    return f"{TASKS}/{ask('POST', TASKS, {'title': 'Call Ivan'}).json['id']}/comments"


def test_a_comment_is_read_and_who_is_mentioned_is_told(ask, comments):
    said = ask("POST", comments, {"body": "@Max, did he call?"}, headers={"Idempotency-Key": "k"})
    assert (said.status_code, said.json["mentions"]) == (201, ["max"])
    ask("POST", comments, {"body": "@Max, did he call?"}, headers={"Idempotency-Key": "k"})
    ask("POST", comments, {"body": "Not yet."}, by=MAX)
    assert [one["body"] for one in ask("GET", comments).json["items"]] == ["Not yet.", "@Max, did he call?"]
    (told,) = notification_requests()
    assert told.title == "Ana Alvarez mentioned you in “Call Ivan”"
    assert (told.recipient_id, told.kind) == ("max", "mention")


def test_only_who_wrote_a_comment_takes_it_back(ask, comments):
    path = f"{comments}/{ask('POST', comments, {'body': 'Oh'}).json['id']}"
    assert ask("DELETE", path, by=MAX).status_code == 403
    assert ask("DELETE", path).status_code == 204
    assert ask("DELETE", path).status_code == 404
    assert ask("GET", comments).json["items"] == []


@pytest.mark.parametrize(
    ("told", "field"),
    [({"body": ""}, "body"), ({"body": "c" * 20_000}, "body"), ({"body": "Hm", "mentions": ["otto"]}, "mentions")],
)
def test_bad_input_names_its_field(ask, comments, told, field):
    answer = ask("POST", comments, told)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_comments_are_of_their_tenant_and_go_with_their_task(ask, comments):
    said = ask("POST", comments, {"body": "Oh"}).json["id"]
    for method, path in (("GET", comments), ("POST", comments), ("DELETE", f"{comments}/{said}")):
        assert ask(method, path, {"body": "Mine"} if method == "POST" else None, by=OTHER).status_code == 404
    ask("DELETE", comments.removesuffix("/comments"))
    assert TaskComment.select().count() == 0
