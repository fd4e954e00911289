"""E-mails of a step: sent once, whatever is clicked, reloaded, killed or repeated; and what the executor says of them."""

from __future__ import annotations

import threading

import pytest

from services.runs import models, partnerships, step_actions, steps
from services.runs.actors import reader
from services.runs.models import Activity, Delivery, feed
from shared.database.connection import session
from shared.feed.consumer import Change
from shared.ground import clock, ids
from shared.ground.errors import Conflict, Invalid, Stale
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, ai_task_requests, happened, know, make_partnership, refresh
from tests.runs.walking import CONTACTS, act, now_of, row_about, rows_of, run_of, started, step

pytestmark = pytest.mark.usefixtures("database")


def three():
    return [make_partnership(f"Partner {number}", contacts=CONTACTS, priority=number) for number in (1, 2, 3)]


def ai_task(task_id, status="success", *, origin=None, number=0, effects=(), error=None, service="runs"):
    ended = status in ("success", "failed", "cancelled")
    delivery = models.deliveries.of_task("demo", origin or task_id, task_id)
    run_id = delivery.run_id if delivery else "run"
    return {
        "id": task_id, "tenantId": "demo", "title": "E-mail to Grace", "status": status, "origin": origin or task_id,
        "source": {"service": service, "kind": "guided-run", "id": run_id}, "retryNumber": number,
        "finishedAt": clock.rfc3339(NOON) if ended else None,
        "result": {"sentAt": clock.rfc3339(NOON)} if status == "success" else None,
        "error": error or ({"message": "mailbox full", "outcomeUnknown": False} if status == "failed" else None),
        "effects": [{"name": name, "status": state} for name, state in effects],
    }  # fmt: skip


def hear(data, version=1, kind="ai-task", source="executor", deleted=False):
    told = Change(source, kind, data["id"], version, version, "demo", deleted, data, NOON)
    with feed.transaction(), feed.savepoint():
        reader.appliers[source, kind](told)


def test_send_all_is_one_delivery_and_one_request_a_row():
    three()
    one = started("email")
    done = act(one, "send_email", all=True)
    assert (done.status, [item.status for item in done.items]) == ("queued", ["queued"] * 3)
    assert {row.id for row in ai_task_requests()} == {row.id for row in Delivery.select()}
    assert {row.id for row in Delivery.select()} == {ids.named("delivery", row.id) for row in rows_of(one)}
    assert now_of(one).result == {"emailsQueued": 3}


def test_sending_again_answers_the_same_delivery():
    (first, *_) = three()
    one = started("email")
    row = row_about(one, first)
    sent = [act(one, "send_email", row_id=row.id).items[0].id for _ in range(3)]
    act(one, "send_email", all=True)
    act(one, "send_email", partnership_id=first.id)
    assert len(set(sent)) == 1
    assert Delivery.select().where(Delivery.row_id == row.id).count() == 1
    assert len(ai_task_requests()) == 3


def test_two_people_who_send_all_at_once_send_each_mail_once():
    three()
    one = started("email")
    failures = []
    gate = threading.Barrier(4)

    def click(by):
        try:
            with session(models.db):
                gate.wait(60)
                act(one, "send_email", by=by, all=True)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=click, args=(by,)) for by in (ANA, MAX, ANA, MAX)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert Delivery.select().count() == len(ai_task_requests()) == 3
    assert now_of(one).result == {"emailsQueued": 3}


class Killed(BaseException):
    """The process ends here."""


def test_a_process_that_dies_between_two_rows_leaves_whole_mails_and_a_retry_sends_the_rest(monkeypatch):
    three()
    one = started("email")

    whole, calls = step_actions._perform, []

    def dies(*told):
        calls.append(told)
        if len(calls) == 2:
            whole(*told)
            raise Killed
        return whole(*told)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(step_actions, "_perform", dies)
        act(one, "send_email", all=True)
    assert Delivery.select().count() == len(ai_task_requests()) == 1
    act(one, "send_email", all=True)
    assert Delivery.select().count() == len(ai_task_requests()) == 3
    assert len({request.id for request in ai_task_requests()}) == 3


def test_a_double_click_with_one_key_is_one_answer(ask):
    (first, *_) = three()
    one = started("email")
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions"
    body = {"type": "send_email", "partnershipId": first.id}
    answers = [ask("POST", path, body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert Delivery.select().count() == 1


def test_send_all_with_a_key_is_a_transaction_a_row_and_goes_on_where_it_was_cut_off(ask, monkeypatch):
    three()
    one = started("email")
    path, whole, sent = f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions", step_actions._perform, []

    def breaks(*told):
        if len(sent) == 2:
            raise RuntimeError("cut off")
        sent.append(told)
        return whole(*told)

    key = {"Idempotency-Key": "k"}
    with monkeypatch.context() as patch:
        patch.setattr(step_actions, "_perform", breaks)
        assert ask("POST", path, {"type": "send_email", "all": True}, headers=key).status_code == 500
    assert Delivery.select().count() == len(ai_task_requests()) == 2
    answers = [ask("POST", path, {"type": "send_email", "all": True}, headers=key).json for _ in range(2)]
    assert answers[0] == answers[1]
    assert [item["status"] for item in answers[0]["items"]] == ["queued"] * 3
    assert Delivery.select().count() == len(ai_task_requests()) == 3
    assert ask("POST", path, {"type": "send_email", "all": True}, headers={"Idempotency-Key": "k2"}).json["items"] == []


def test_sending_to_a_partnership_that_the_step_did_not_show_is_once_too():
    one = started("email")
    late = make_partnership("Late", contacts=CONTACTS)
    assert act(one, "send_email", partnership_id=late.id) == act(one, "send_email", partnership_id=late.id)
    assert Delivery.select().count() == 1
    assert row_about(one, late).state == "done"


def test_a_row_without_a_recipient_is_refused_and_holds_up_no_other():
    make_partnership("Nobody", priority=1)
    make_partnership("Somebody", contacts=CONTACTS, priority=2)
    one = started("email")
    done = act(one, "send_email", all=True)
    assert [(item.status, item.reason) for item in done.items] == [
        ("refused", "It has no recipient."),
        ("queued", None),
    ]
    assert steps.left_of(now_of(one)) == ["1 of 2 is without an e-mail: Nobody."]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"to": []}, "to"),
        ({"to": "nobody"}, "to"),
        ({"to": "a@b.org\nBcc: c@d.org"}, "to"),
        ({"to": ["a@b.org, c@d.org"]}, "to"),
        ({"subject": "Hello\r\nBcc: c@d.org"}, "subject"),
        ({"subject": " "}, "subject"),
        ({"body": ""}, "body"),
        ({"cc": "a@b.org"}, "cc"),
    ],
)
def test_a_bad_email_is_422_and_names_the_field(ask, told, field):
    first = make_partnership(contacts=CONTACTS)
    one = started("email")
    body = {"type": "send_email", "partnershipId": first.id, **told}
    answer = ask("POST", f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions", body)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert Delivery.select().count() == 0


def test_send_all_with_words_for_one_mail_is_422_and_names_them(ask):
    first, *_ = three()
    one = started("email")
    told = {
        "rowId": row_about(one, first).id,
        "partnershipId": first.id,
        "to": ["lee@harbor.test"],
        "subject": "For one",
        "body": "For one",
    }
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions"
    for name, value in told.items():
        answer = ask("POST", path, {"type": "send_email", "all": True, name: value})
        assert (answer.status_code, set(answer.json["errors"])) == (422, {name})
    assert Delivery.select().count() == 0
    assert ask("POST", path, {"type": "send_email", "all": False, **told}).status_code == 200


def test_what_goes_out_is_the_edited_draft_in_the_name_of_whoever_sends():
    know(ANA)
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    row = rows_of(one)[0]
    steps.change_row(ANA, one.run_id, one.id, row.id, steps.ChangeRow(draft={"subject": "My own words"}), now=NOON)
    act(one, "send_email", row_id=row.id, to=["Lee <lee@harbor.test>", "max@harbor.test"])
    told = ai_task_requests()[0]
    assert told.processor == "send-email"
    assert told.metadata == {
        "to": [{"name": "Lee", "email": "lee@harbor.test"}, {"email": "max@harbor.test"}],
        "subject": "My own words",
        "body": row.draft["body"],
        "fromName": "Ana Alvarez",
        "replyTo": {"name": "Ana Alvarez", "email": "ana@demo.test"},
        "partnershipId": row.subject_id,
    }
    assert (told.source_kind, told.source_id, told.subject) == ("guided-run", one.run_id, row.subject_id)


def test_what_went_out_is_an_activity_once_and_counts_as_contact():
    partner = make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    delivery_id = act(one, "send_email", all=True).items[0].id
    for version in (1, 1, 2):
        hear(ai_task(delivery_id), version)
    assert (Delivery.get().status, now_of(one).result) == ("sent", {"emailsSent": 1})
    (made,) = Activity.select().where(Activity.kind == "email_sent")
    assert (made.origin, made.by["kind"], made.step_id) == (delivery_id, "ai_task", one.id)
    assert refresh(partner).last_contact_at == NOON


def test_a_mail_that_fails_is_seen_opens_its_row_and_is_sent_as_the_next_of_its_chain():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    first = act(one, "send_email", all=True).items[0].id
    hear(ai_task(first, "failed"))
    assert (Delivery.get().status, Delivery.get().error) == ("failed", "mailbox full")
    assert (rows_of(one)[0].state, now_of(one).result) == ("open", {"emailsFailed": 1})
    assert steps.left_of(now_of(one)) == ["The e-mail to grace@harbor.test was not sent: mailbox full."]
    again = act(one, "send_email", all=True).items[0]
    assert (again.id, again.status) == (first, "queued")
    asked = next(request for request in ai_task_requests() if request.id != first)
    assert (asked.retry_of, Delivery.get().task_id) == (first, asked.id)
    hear(ai_task(first, "failed"), version=9)
    assert Delivery.get().status == "queued"
    hear(ai_task(asked.id, origin=first, number=1))
    assert (Delivery.get().status, rows_of(one)[0].state) == ("sent", "done")


def test_a_chain_that_the_executor_refuses_to_go_on_with_is_not_begun_anew():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    first = act(one, "send_email", all=True).items[0].id
    hear(ai_task(first, "failed"))
    act(one, "send_email", all=True)
    refused = Delivery.get().task_id
    hear(ai_task(refused, "failed"))
    assert (Delivery.get().status, Delivery.get().task_id) == ("failed", first)
    act(one, "send_email", all=True)
    retries = {request.id: request.retry_of for request in ai_task_requests()}
    assert retries[Delivery.get().task_id] == first
    hear(ai_task("by-an-operator", origin=first, number=1))
    assert Delivery.get().status == "sent"


def test_an_unknown_outcome_is_sent_by_nobody_until_it_is_known():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    row = rows_of(one)[0]
    first = act(one, "send_email", row_id=row.id).items[0].id
    hear(ai_task(first, "failed", effects=[("mail", "unknown")], error={"message": "?", "outcomeUnknown": True}))
    with pytest.raises(Conflict, match="a person must look"):
        act(one, "send_email", row_id=row.id)
    assert act(one, "send_email", all=True).items[0].status == "refused"
    assert len(ai_task_requests()) == 1
    hear(
        ai_task(first, "failed", effects=[("mail", "done")], error={"message": "?", "outcomeUnknown": True}), version=2
    )
    assert (Delivery.get().status, rows_of(one)[0].state) == ("sent", "done")


def test_what_was_sent_stays_sent():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    first = act(one, "send_email", all=True).items[0].id
    hear(ai_task(first))
    hear(ai_task(first, "failed"), version=2)
    assert Delivery.get().status == "sent"


def test_an_ai_task_of_somebody_else_is_passed():
    hear(ai_task("workflows-own", service="workflows"))
    hear(ai_task("asked-by-a-person") | {"source": None})
    hear(ai_task("not-a-delivery"))
    assert Delivery.select().count() == Activity.select().count() == 0


def test_a_mail_to_a_partnership_that_vanished_meanwhile_is_counted_and_nothing_else():
    partner = make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    first = act(one, "send_email", all=True).items[0].id
    partnerships.remove(ANA, partner.id, now=NOON)
    hear(ai_task(first))
    assert now_of(one).result == {"emailsSent": 1}
    assert Activity.select().where(Activity.kind == "email_sent").count() == 0


def test_a_partnership_that_is_gone_gets_no_mail():
    partner = make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    partnerships.remove(ANA, partner.id, now=NOON)
    with pytest.raises(Conflict, match="Harbor is there no more") as refused:
        act(one, "send_email", row_id=rows_of(one)[0].id)
    assert refused.value.details["allowed"] == ["set_aside"]


def test_a_stale_row_is_refused_before_anything_goes_out():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    row = rows_of(one)[0]
    steps.change_row(MAX, one.run_id, one.id, row.id, steps.ChangeRow(draft={"body": "Hello"}), now=NOON)
    with pytest.raises(Stale):
        act(one, "send_email", row_id=row.id, expected=row.version)
    assert Delivery.select().count() == 0


def test_an_invalid_draft_of_one_row_is_named():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("email")
    row = rows_of(one)[0]
    steps.change_row(ANA, one.run_id, one.id, row.id, steps.ChangeRow(draft={"to": ["oops"]}), now=NOON)
    with pytest.raises(Invalid) as refused:
        act(one, "send_email", row_id=row.id)
    assert refused.value.errors == {"to": ["Not an e-mail address: oops."]}


def test_after_a_reset_the_mail_that_went_out_is_not_sent_again():
    partner = make_partnership("Harbor", contacts=CONTACTS)
    happened(partner, "email_sent", days_ago=9)
    one = started("email")
    first = act(one, "send_email", all=True).items[0].id
    _, standing = steps.reset(ANA, one.run_id, one.id, now=NOON)
    assert len(standing) == 1
    assert standing[0].startswith("On its way: ")
    again = steps.start(ANA, one.run_id, one.id, now=NOON)
    assert act(again, "send_email", partnership_id=partner.id).items[0].id == first
    assert len(ai_task_requests()) == 1


def test_a_mail_from_a_review_step_leaves_the_row_to_be_reviewed():
    make_partnership("Harbor", contacts=CONTACTS)
    one = started("review", filter={"stage": ["New Lead"]})
    act(one, "send_email", row_id=rows_of(one)[0].id)
    assert rows_of(one)[0].state == "open"
    assert now_of(one).result == {"emailsQueued": 1}


def test_nothing_is_sent_before_the_step_is_begun():
    make_partnership("Harbor", contacts=CONTACTS)
    run = run_of(step("email"))
    one = models.runs.steps_of(run)[0]
    with pytest.raises(Conflict) as refused:
        act(one, "send_email", all=True)
    assert refused.value.details["allowed"] == ["skip", "start"]
