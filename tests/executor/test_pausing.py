"""What an operator pauses is not claimed until it is resumed: a processor or all of them, of a tenant or of every one."""

from __future__ import annotations

import pytest

from services.executor import pausing
from services.executor.executing import RunningTask
from services.executor.models import Pause, acts, feed, tasks, workers
from services.executor.pausing import QUEUE, PauseCommand
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Forbidden, NotFound
from shared.ground.principal import Principal
from tests.executor.conftest import read

OPAL = Principal("person", "opal", "Opal", "demo", roles=frozenset({"operator"}))
SUE = Principal("person", "sue", "Sue", "demo", roles=frozenset({"super_admin"}))
OTHERS = Principal("person", "otto", "Otto", "acme", roles=frozenset({"operator"}))
REMINDER = {"daysUntilReminder": 3, "reminderMessage": "Call", "reminderPriority": 2, "relatedAction": "Renewal"}


@pytest.fixture
def pause(database, known, now):
    """`pause("test-echo")` as an operator of demo; `every_tenant=True` by a super admin."""

    def order(name=QUEUE, *, by=OPAL, **command):
        return pausing.pause(by, name, PauseCommand(**command), now=now, processors=known.names())

    return order


@pytest.fixture
def resume(database, now):
    """Ends such a pause."""

    def order(name=QUEUE, *, by=OPAL, **command):
        pausing.resume(by, name, PauseCommand(**command), now=now)

    return order


def written(verb):
    return [act for act in acts.table.select() if act.verb == verb]


def test_a_paused_processor_is_passed_over_and_goes_on_after_it(submit, claim, pause, resume):
    echo = submit(priority=1)
    reminder = submit("follow-up-reminder-creator", REMINDER)
    pause("test-echo", reason="The provider is being moved")
    assert claim().id == reminder.id
    assert claim() is None
    assert (read(echo).status, read(echo).attempts) == ("queued", 0)
    resume("test-echo")
    assert claim().id == echo.id
    (paused,), (resumed,) = written("paused work"), written("resumed work")
    assert (paused.by["id"], paused.reason, paused.subject_id) == ("opal", "The provider is being moved", "test-echo")
    assert resumed.details == {"name": "test-echo", "everyTenant": False}


def test_a_pause_of_all_holds_every_processor_and_no_other_tenant(submit, claim, pause, resume):
    submit()
    submit("follow-up-reminder-creator", REMINDER)
    theirs = submit(by=OTHERS)
    pause()
    assert claim().id == theirs.id
    assert claim() is None
    resume()
    assert claim() is not None


def test_a_super_admin_pauses_every_tenant_and_an_operator_cannot(submit, claim, pause, resume):
    submit()
    submit(by=OTHERS)
    for name in (QUEUE, "test-echo"):
        with pytest.raises(Forbidden):
            pause(name, every_tenant=True)
    pause("test-echo", by=SUE, every_tenant=True)
    assert claim() is None
    with pytest.raises(Forbidden):
        resume("test-echo", every_tenant=True)
    with pytest.raises(Conflict):
        resume("test-echo")
    resume("test-echo", by=SUE, every_tenant=True)
    assert claim() is not None


def test_two_pauses_are_ended_one_by_one(submit, claim, pause, resume):
    submit()
    pause()
    pause("test-echo")
    resume()
    assert claim() is None
    resume("test-echo")
    assert claim() is not None


def test_a_second_pause_and_a_second_end_are_refused_and_write_nothing(pause, resume):
    pause(reason="First")
    with pytest.raises(Conflict) as refused:
        pause(reason="Second")
    assert refused.value.details == {"allowed": ["resume"]}
    assert [row.reason for row in Pause.select()] == ["First"]
    resume()
    with pytest.raises(Conflict) as refused:
        resume()
    assert refused.value.details == {"allowed": ["pause"]}
    assert len(written("paused work")) == len(written("resumed work")) == 1


def test_what_is_no_processor_cannot_be_paused(pause):
    with pytest.raises(NotFound):
        pause("nobody-has-this")


def test_what_runs_is_finished_while_its_processor_is_paused(submit, claim, runner, known, pause):
    submit()
    task = claim()
    pause()
    runner.run(RunningTask(task, 60), known[task.processor])
    assert read(task).status == "success"


def test_a_claim_past_hundreds_of_paused_tasks_finds_the_next(database, submit, claim, pause):
    body = submit("follow-up-reminder-creator", REMINDER)
    row = dict(read(body).__data__)
    with feed.transaction():
        for _ in range(500):
            task_id = ids.new_id()
            tasks.add(row | {"id": task_id, "origin": task_id, "processor": "test-echo", "priority": 1})
    pause("test-echo")
    assert claim().id == body.id


def test_the_door_shows_pauses_and_is_for_operators(operate):
    path = f"/api/queues/{QUEUE}"
    assert operate("POST", f"{path}/pause", role="developer").status_code == 403
    made = operate("POST", f"{path}/pause", {"reason": "Upgrade"})
    assert made.status_code == 200
    assert {**made.json, "since": None} == {
        "by": {"kind": "person", "id": "opal", "name": "Opal"}, "since": None, "reason": "Upgrade", "everyTenant": False
    }  # fmt: skip
    assert operate("POST", f"{path}/pause").status_code == 409
    operate("POST", "/api/queues/test-echo/pause", {"everyTenant": True}, role="super_admin")
    (queue,) = operate("GET", "/api/queues").json["items"]
    assert [pause["reason"] for pause in queue["pauses"]] == ["Upgrade"]
    (echo,) = queue["processors"]
    assert (echo["processor"], [pause["everyTenant"] for pause in echo["pauses"]]) == ("test-echo", [True])
    (theirs,) = operate("GET", "/api/queues", tenant="acme").json["items"]
    assert theirs["pauses"] == []
    assert [row["processor"] for row in theirs["processors"]] == ["test-echo"]
    assert operate("POST", f"{path}/resume", tenant="acme").status_code == 409
    assert operate("POST", f"{path}/resume").status_code == 204


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("nobody-has-this", {}, 404),
        (QUEUE, {"reason": " "}, 422),
        (QUEUE, {"reason": "x" * 501}, 422),
        (QUEUE, {"everyTenant": "yes"}, 422),
        (QUEUE, {"who": "me"}, 422),
        (QUEUE, {"everyTenant": True}, 403),
    ],
)
def test_a_bad_pause_is_refused(operate, name, body, status):
    assert operate("POST", f"/api/queues/{name}/pause", body).status_code == status
    assert Pause.select().count() == 0


@pytest.fixture
def operate(ask):
    """`operate("POST", "/api/...", body, role=..., tenant=...)` as Opal."""

    def send(method, path, body=None, *, role="operator", tenant="demo"):
        by = Principal("person", "opal", "Opal", tenant, roles=frozenset({role}))
        return ask(method, path, {} if body is None and method == "POST" else body, by=by)

    return send


def test_dead_letters_are_what_failed_and_nobody_retried(operate, submit, run):
    lost = submit(fail="permanent", title="Lost")
    run()
    retried = submit(fail="permanent", title="Retried")
    run()
    submit(title="Well")
    run()
    theirs = submit(fail="permanent", by=OTHERS, title="Theirs")
    run()
    assert {read(task).status for task in (lost, retried, theirs)} == {"failed"}
    again = operate("POST", f"/api/ai-tasks/{retried.id}/retry")
    assert again.status_code == 201
    listed = operate("GET", "/api/dead-letters").json
    assert [item["title"] for item in listed["items"]] == ["Lost"]
    (item,) = listed["items"]
    assert (item["id"], item["processor"], item["attemptCount"]) == (lost.id, "test-echo", 1)
    assert item["error"]["permanent"]
    assert item["error"]["stackTrace"]
    assert listed["pagination"]["total"] == 1
    assert operate("GET", "/api/queues").json["items"][0]["deadLetters"] == 1
    assert operate("GET", "/api/dead-letters?processor=send-email").json["items"] == []
    assert operate("GET", "/api/dead-letters", role="developer").status_code == 403
    assert operate("POST", f"/api/ai-tasks/{lost.id}/retry").status_code == 201
    assert operate("GET", "/api/dead-letters").json["items"] == []


def test_dead_letters_are_walked_by_a_cursor(operate, submit, run):
    ours = set()
    for _ in range(5):
        ours.add(submit(fail="permanent").id)
        run()
    seen, cursor = [], ""
    while True:
        page = operate("GET", f"/api/dead-letters?limit=2{cursor}").json
        seen += [item["id"] for item in page["items"]]
        if page["pagination"]["next"] is None:
            break
        cursor = f"&cursor={page['pagination']['next']}"
    assert (len(seen), set(seen)) == (5, ours)
    assert operate("GET", "/api/dead-letters?cursor=nonsense").status_code == 422


def test_workers_are_shown_with_what_they_do_for_the_tenant(operate, submit, claim, now):
    mine = submit(title="Ours")
    submit(by=OTHERS, title="Theirs")
    claim(owner="w1")
    claim(owner="w1")
    with feed.transaction():
        workers.seen("w1", name="host:1", started_at=now, slots=3, busy=2, now=now)
        workers.seen("w1", name="host:1", started_at=now, slots=3, busy=1, now=clock.now())
    (worker,) = operate("GET", "/api/workers").json["items"]
    assert (worker["id"], worker["name"], worker["alive"]) == ("w1", "host:1", True)
    assert (worker["slots"], worker["busy"]) == (3, 1)
    assert [(task["id"], task["title"], task["processor"]) for task in worker["tasks"]] == [
        (mine.id, "Ours", "test-echo")
    ]
    (seen_by_others,) = operate("GET", "/api/workers", tenant="acme").json["items"]
    assert [task["title"] for task in seen_by_others["tasks"]] == ["Theirs"]
    assert operate("GET", "/api/workers", role="developer").status_code == 403
