"""Partnerships: the last contact follows from activities, stages move by the table and back, dates are kept as activities."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from services.runs import activities, models, partnerships, states
from services.runs.models import NEVER, Activity, Partnership, feed
from shared.database.connection import session
from shared.ground.errors import Conflict, Invalid, NotFound, Stale
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, acts, happened, live_in, make_partnership, refresh

pytestmark = pytest.mark.usefixtures("database")


def kinds(row):
    return [one.kind for one in Activity.select().where(Activity.partnership_id == row.id).order_by(Activity.id)]


def place(row, stage):
    row.write(stage=stage)
    return row


def test_a_new_one_is_a_new_lead_of_its_maker_without_any_contact():
    row = make_partnership()
    assert (row.stage, row.owner, row.priority) == ("New Lead", "ana", 3)
    assert (row.last_contact_at, row.last_heard_at) == (NEVER, NEVER)
    assert kinds(row) == ["created"]
    assert [act.subject_id for act in acts("added partnership")] == [row.id]


@pytest.mark.parametrize("kind", activities.KINDS)
def test_only_contact_counts_as_contact_and_only_theirs_as_heard(kind):
    row = make_partnership()
    happened(row, kind, days_ago=3)
    row = refresh(row)
    at = NOON - timedelta(days=3)
    assert row.last_contact_at == (at if kind in ("email_sent", "email_received", "call", "meeting") else NEVER)
    assert row.last_heard_at == (at if kind in ("email_received", "call", "meeting") else NEVER)


def test_the_last_contact_never_goes_backwards():
    row = make_partnership(now=NOON - timedelta(days=30))
    happened(row, "call", days_ago=2)
    happened(row, "email_received", days_ago=9)
    row = refresh(row)
    assert row.last_contact_at == row.last_heard_at == row.last_activity_at == NOON - timedelta(days=2)
    assert row.last_activity_kind == "call"


def test_news_of_one_origin_counts_once():
    row = make_partnership()
    first = happened(row, "email_sent", days_ago=5, origin="delivery-1")
    again = happened(row, "email_sent", days_ago=1, origin="delivery-1")
    assert again.id == first.id
    assert refresh(row).last_contact_at == NOON - timedelta(days=5)


def test_what_lies_ahead_is_no_activity():
    row = make_partnership()
    with pytest.raises(Invalid) as refused:
        activities.log(ANA, row.id, activities.LogActivity(kind="call", at=NOON + timedelta(hours=1)), now=NOON)
    assert list(refused.value.errors) == ["at"]
    assert kinds(row) == ["created"]


def test_an_activity_of_a_stale_row_object_overwrites_nothing():
    row = make_partnership()
    stale = refresh(row)
    partnerships.change(MAX, row.id, partnerships.ChangePartnership(priority=1), now=NOON)
    happened(stale, "call")
    assert (refresh(row).priority, refresh(row).last_contact_at) == (1, NOON)


def test_an_mou_activity_dates_the_mou_where_the_tenant_is_and_a_date_is_an_activity():
    live_in(zone="America/New_York")
    row = make_partnership()
    happened(row, "mou_sent", now=datetime(2026, 11, 21, 3, tzinfo=UTC))  # the evening before in New York
    assert refresh(row).mou_sent_on == date(2026, 11, 20)
    row = partnerships.change(ANA, row.id, partnerships.ChangePartnership(mou_viewed_on=date(2026, 11, 19)), now=NOON)
    assert row.mou_viewed_on == date(2026, 11, 19)
    viewed = Activity.get(Activity.kind == "mou_viewed")
    assert viewed.at == datetime(2026, 11, 19, 17, tzinfo=UTC)  # noon of New York
    assert kinds(row) == ["created", "mou_sent", "mou_viewed"]


def test_an_mou_date_can_be_corrected_to_an_earlier_one_and_cleared():
    row = make_partnership(mou_sent_on=date(2026, 11, 19))
    row = partnerships.change(ANA, row.id, partnerships.ChangePartnership(mou_sent_on=date(2026, 11, 10)), now=NOON)
    assert refresh(row).mou_sent_on == date(2026, 11, 10)
    partnerships.change(ANA, row.id, partnerships.ChangePartnership(mou_sent_on=None), now=NOON)
    assert refresh(row).mou_sent_on is None
    assert kinds(row).count("mou_sent") == 2


def test_an_mou_date_to_come_is_refused_by_name():
    with pytest.raises(Invalid) as refused:
        make_partnership(mou_signed_on=date(2026, 11, 22))
    assert list(refused.value.errors) == ["mouSignedOn"]
    assert Partnership.select().count() == 0


@pytest.mark.parametrize("stage", states.STAGES)
@pytest.mark.parametrize("target", states.STAGES)
def test_every_stage_moves_where_the_table_says_and_nowhere_else(stage, target):
    row = place(make_partnership(), stage)
    if target in states.stages_after(stage):
        partnerships.move(ANA, row, target, now=NOON)
        assert (refresh(row).stage, kinds(row)) == (target, ["created", "stage_change"])
    else:
        with pytest.raises(Conflict) as refused:
            partnerships.move(ANA, row, target, now=NOON)
        assert refused.value.details["allowed"] == states.stages_after(stage)
        assert (refresh(row).stage, kinds(row)) == (stage, ["created"])


def test_a_move_is_taken_back_as_if_it_had_not_been_made():
    row = make_partnership(now=NOON - timedelta(days=5))
    partnerships.move(ANA, row, "Conversation Active", now=NOON, run_id="r", step_id="s")
    partnerships.undo_move(ANA, row, now=NOON + timedelta(minutes=1), run_id="r", step_id="s")
    row = refresh(row)
    assert (row.stage, row.stage_changed_at) == ("New Lead", NOON - timedelta(days=5))
    with pytest.raises(Conflict):
        partnerships.undo_move(ANA, row, now=NOON + timedelta(minutes=2))


def test_a_move_against_the_table_can_be_taken_back_too():
    row = place(make_partnership(), "MOU Sent")
    partnerships.move(ANA, row, "MOU Signed", now=NOON)
    partnerships.undo_move(ANA, row, now=NOON)
    assert refresh(row).stage == "MOU Sent"


def test_only_the_last_move_is_taken_back_and_only_by_the_step_that_made_it():
    row = make_partnership()
    partnerships.move(ANA, row, "Conversation Active", now=NOON, run_id="r", step_id="s")
    partnerships.move(MAX, row, "MOU Sent", now=NOON + timedelta(minutes=1))
    with pytest.raises(Conflict, match="moved since"):
        partnerships.undo_move(ANA, row, now=NOON + timedelta(minutes=2), run_id="r", step_id="s")
    partnerships.undo_move(MAX, row, now=NOON + timedelta(minutes=2))
    assert refresh(row).stage == "Conversation Active"


def test_one_that_was_removed_is_in_no_answer_and_frees_its_external_id():
    row = make_partnership(external_id="P-1")
    partnerships.remove(ANA, row.id, now=NOON)
    with pytest.raises(NotFound):
        models.partnerships.find("demo", row.id)
    assert models.partnerships.many("demo", [row.id]) == {}
    assert models.partnerships.listed("demo", limit=10).items == []
    assert make_partnership(external_id="P-1").external_id == "P-1"


def test_nothing_is_written_to_one_that_was_removed_since_it_was_read():
    row = make_partnership()
    partnerships.move(ANA, row, "Conversation Active", now=NOON)
    partnerships.remove(ANA, row.id, now=NOON)
    for write in (
        lambda: partnerships.move(ANA, row, "Lost", now=NOON),
        lambda: partnerships.undo_move(ANA, row, now=NOON),
        lambda: happened(row, "call"),
    ):
        with pytest.raises(NotFound):
            write()
    assert [activity.kind for activity in Activity.select().order_by(Activity.id)] == ["created", "stage_change"]


def test_an_external_id_is_one_partnerships():
    make_partnership(external_id="P-1")
    with pytest.raises(Conflict) as refused:
        make_partnership("Beta", external_id="P-1")
    assert list(refused.value.errors) == ["externalId"]
    assert make_partnership("Gamma", by=OTHER, external_id="P-1").tenant_id == "acme"


def test_two_who_take_an_external_id_at_the_same_moment_make_one_partnership():
    barrier, answers = threading.Barrier(4), []

    def work(number):
        barrier.wait(60)
        try:
            with session(models.db):
                answers.append(make_partnership(f"P{number}", external_id="P-1").id)
        except (Conflict, Invalid):
            answers.append(None)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(answers) == 4
    assert [one for one in answers if one] == [row.id for row in Partnership.select()]


def test_another_tenants_partnership_is_not_there():
    row = make_partnership(by=OTHER)
    for verb in (
        lambda: partnerships.change(ANA, row.id, partnerships.ChangePartnership(name="x"), now=NOON),
        lambda: partnerships.remove(ANA, row.id, now=NOON),
        lambda: activities.log(ANA, row.id, activities.LogActivity(kind="call"), now=NOON),
    ):
        with pytest.raises(NotFound):
            verb()


def test_a_change_of_a_version_that_is_no_longer_is_stale():
    row = make_partnership()
    partnerships.change(ANA, row.id, partnerships.ChangePartnership(priority=1), now=NOON, expected=row.version)
    with pytest.raises(Stale):
        partnerships.change(MAX, row.id, partnerships.ChangePartnership(priority=2), now=NOON, expected=row.version)


def test_a_verb_that_fails_leaves_nothing_behind():
    row = make_partnership()
    with pytest.raises(Conflict):
        partnerships.change(ANA, row.id, partnerships.ChangePartnership(priority=1, stage="Active"), now=NOON)
    assert refresh(row).priority == 3
    assert acts("changed partnership") == []


def test_days_since_contact_are_dates_of_the_tenant():
    row = make_partnership(now=NOON - timedelta(days=40))
    assert partnerships.days_since_contact(row, NOON, "UTC") is None
    happened(row, "call", days_ago=14)
    assert partnerships.days_since_contact(refresh(row), NOON, "UTC") == 14
    assert partnerships.days_since_contact(refresh(row), NOON + timedelta(hours=11, minutes=59), "UTC") == 14
    assert partnerships.days_since_contact(refresh(row), NOON + timedelta(hours=12), "UTC") == 15


def test_the_last_activities_of_a_page_are_one_question():
    rows = [make_partnership(f"P{number}", now=NOON - timedelta(days=9)) for number in range(3)]
    happened(rows[1], "note", days_ago=1, summary="Likes tea")
    with feed.transaction():
        found = models.activities.last_of("demo", [row.id for row in rows])
    assert [found[row.id].kind for row in rows] == ["created", "note", "created"]
    assert found[rows[1].id].summary == "Likes tea"


def test_a_description_is_cleared_by_null_and_by_an_empty_text(ask):
    made = ask("POST", "/api/partnerships", {"name": "Northwind", "description": None})
    assert (made.status_code, made.json["description"]) == (201, "")
    path = f"/api/partnerships/{made.json['id']}"
    for nothing in (None, ""):
        assert ask("PATCH", path, {"description": "Resells in the north."}).json["description"] != ""
        cleared = ask("PATCH", path, {"description": nothing})
        assert (cleared.status_code, cleared.json["description"]) == (200, "")
    again = ask("PATCH", path, {"description": None})
    assert again.json["version"] == cleared.json["version"]
