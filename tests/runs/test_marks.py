"""Marks and notes of a review go on: to the timeline, and to what the e-mail step shows first; and whose rows a step shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.runs import models, steps
from services.runs.models import Activity
from shared.ground.errors import Conflict, Invalid, NotFound
from tests.conftest import NOON
from tests.runs.conftest import ANA, MAX, OTHER, acts, happened, make_objective, make_partnership, refresh
from tests.runs.walking import CONTACTS, act, now_of, only_step, row_about, rows_of, run_of, started, step

pytestmark = pytest.mark.usefixtures("database")
MINE, ALL = {"whose": "mine"}, {"whose": "all"}


def silent(name, *, by=ANA, days=20, **told):
    partner = make_partnership(name, by=by, now=NOON - timedelta(days=days + 9), contacts=CONTACTS, **told)
    happened(partner, "call", days_ago=days)
    return partner


def reviewed_of(partner):
    query = Activity.select().where(Activity.partnership_id == partner.id, Activity.kind == "reviewed")
    return [row.summary for row in query.order_by(Activity.created_at, Activity.id)]


def names(one):
    return [row.shown["name"] for row in rows_of(one)]


def test_a_mark_that_calls_for_attention_is_on_the_timeline_once_and_no_contact():
    partner = silent("Harbor")
    one = started()
    row = row_about(one, partner)
    for _ in range(2):
        act(one, "review_row", row_id=row.id, mark="needs attention", note="Call on Monday")
    assert reviewed_of(partner) == ["Reviewed: needs attention. Call on Monday"]
    assert refresh(partner).last_contact_at == NOON - timedelta(days=20)


def test_a_fine_row_without_a_note_is_no_line_and_a_correction_is_one():
    partner = silent("Harbor")
    one = started()
    row = row_about(one, partner)
    act(one, "review_row", row_id=row.id, mark="fine")
    assert reviewed_of(partner) == []
    act(one, "review_row", row_id=row.id, mark="needs attention")
    act(one, "review_row", row_id=row.id, mark="fine")
    assert sorted(reviewed_of(partner)) == ["Reviewed: fine", "Reviewed: needs attention"]


def weekly(**email):
    run = run_of(step("review"), step("email", "Write", **email))
    one = steps.start(ANA, run.id, only_step(run).id, now=NOON)
    return run, one


def test_what_needs_attention_comes_first_in_the_email_step_and_says_why():
    partners = [silent(f"Partner {number}", days=20 + number, priority=1 + number % 3) for number in range(6)]
    run, one = weekly()
    for number, note in ((0, "They asked for us."), (3, None)):
        act(one, "review_row", row_id=row_about(one, partners[number]).id, mark="needs attention", note=note)
    act(one, "review_row", row_id=row_about(one, partners[1]).id, mark="fine")
    mails = steps.start(ANA, run.id, only_step(run, 2).id, now=NOON)
    assert set(names(mails)[:2]) == {"Partner 0", "Partner 3"}
    assert len(names(mails)) == 3, "the others fill up to the top three"
    why = row_about(mails, partners[0]).why
    assert why == "Marked “needs attention” in review: They asked for us."
    assert "asked for us" not in row_about(mails, partners[0]).draft["body"]


def test_all_that_needs_attention_is_shown_even_when_it_is_more_than_the_step_shows():
    partners = [silent(f"Partner {number}") for number in range(5)]
    run, one = weekly()
    act(one, "review_rows", row_ids=[row.id for row in rows_of(one)], mark="needs attention")
    assert len(names(steps.start(ANA, run.id, only_step(run, 2).id, now=NOON))) == len(partners)


def test_a_step_of_chosen_partnerships_shows_no_others():
    partners = [silent("Harbor"), silent("Acme")]
    run, one = weekly(partnershipIds=[partners[1].id])
    act(one, "review_rows", row_ids=[row.id for row in rows_of(one)], mark="needs attention")
    assert names(steps.start(ANA, run.id, only_step(run, 2).id, now=NOON)) == ["Acme"]


def test_marks_of_ones_own_call_for_attention_if_the_step_says_so():
    partner = silent("Harbor")
    one = started(marks=["ok", "hot"], attention=["hot"])
    act(one, "review_row", row_id=row_about(one, partner).id, mark="hot")
    assert row_about(one, partner).outcome["attention"] is True


def test_attention_for_a_mark_that_is_none_is_422(ask):
    config = {"marks": ["ok"], "attention": ["hot"]}
    answer = ask("POST", "/api/guided-runs", {"steps": [step("review", **config)]})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["steps.0.config.attention"])


def test_many_rows_are_marked_in_one_act(ask):
    partners = [silent(f"Partner {number}") for number in range(3)]
    one = started()
    told = {"type": "review_rows", "rowIds": [row.id for row in rows_of(one)], "mark": "needs attention"}
    answer = ask("POST", f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions", told)
    assert [item["status"] for item in answer.json["items"]] == ["done"] * 3
    assert now_of(one).result == {"partnershipsReviewed": 3}
    assert [reviewed_of(partner) for partner in partners] == [["Reviewed: needs attention"]] * 3
    assert len(acts("reviewed")) == 1


@pytest.mark.parametrize(
    "told",
    [{"rowIds": [], "mark": "fine"}, {"rowIds": ["x"] * 201, "mark": "fine"}, {"rowIds": ["x"]}, {"mark": "fine"}],
)
def test_many_rows_want_rows_and_a_mark(ask, told):
    one = started()
    answer = ask("POST", f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions", {"type": "review_rows", **told})
    assert answer.status_code == 422


def test_many_rows_are_marked_or_none():
    silent("Harbor")
    one = started()
    row = rows_of(one)[0]
    with pytest.raises(Invalid):
        act(one, "review_rows", row_ids=[row.id], mark="splendid")
    with pytest.raises(NotFound):
        act(one, "review_rows", row_ids=[row.id, "none"], mark="fine")
    assert refresh(row).mark is None


def test_a_step_shows_the_owners_partnerships_if_there_are_any_and_everybodys_when_asked():
    silent("Mine")
    silent("Theirs", by=MAX)
    one = started()
    assert (names(one), now_of(one).whose) == (["Mine"], "mine")
    act(one, "choose_rows", **ALL)
    assert (sorted(names(one)), now_of(one).whose) == (["Mine", "Theirs"], "all")
    act(one, "choose_rows", **MINE)
    assert names(one) == ["Mine"]


def test_a_row_of_somebody_else_that_was_worked_on_stays():
    silent("Mine")
    theirs = silent("Theirs", by=MAX)
    one = started()
    act(one, "choose_rows", **ALL)
    act(one, "review_row", row_id=row_about(one, theirs).id, mark="fine")
    act(one, "choose_rows", **MINE)
    assert sorted(names(one)) == ["Mine", "Theirs"]


def test_who_owns_nothing_is_shown_everybodys():
    silent("Theirs", by=MAX)
    one = started()
    assert (names(one), now_of(one).whose) == (["Theirs"], "all")


def test_a_step_that_says_whose_rows_it_shows_leaves_no_choice(ask):
    one = started(filter={"owner": "me"})
    assert now_of(one).whose is None
    with pytest.raises(Conflict, match="says whose"):
        act(one, "choose_rows", **ALL)
    body = {"type": "choose_rows", "whose": "nobody"}
    assert ask("POST", f"/api/guided-runs/{one.run_id}/steps/{one.id}/actions", body).status_code == 422


def test_an_objective_is_reviewed_without_a_line_anywhere():
    make_objective()
    one = started(show="objectives", filter={})
    act(one, "review_row", row_id=rows_of(one)[0].id, mark="needs attention", note="Behind")
    assert Activity.select().where(Activity.kind == "reviewed").count() == 0


def test_one_row_is_read_by_itself_as_the_step_shows_it(ask):
    for number in range(3):
        silent(f"Partner {number}")
    one = started()
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}"
    item = ask("GET", f"{path}/data").json["items"][1]
    answer = ask("GET", f"{path}/rows/{item['id']}").json
    assert answer["item"] == item
    assert answer["expected"] == ask("GET", f"{path}/data").json["expected"]
    assert answer["attention"] == ["needs attention"]
    assert ask("GET", f"{path}/rows/none").status_code == 404
    assert ask("GET", f"{path}/rows/{item['id']}", by=OTHER).status_code == 404


def test_a_row_of_another_step_is_not_found(ask):
    silent("Harbor")
    one, other = started(), started()
    path = f"/api/guided-runs/{one.run_id}/steps/{one.id}/rows/{rows_of(other)[0].id}"
    assert ask("GET", path).status_code == 404
    assert models.rows.get_or_none(one, rows_of(other)[0].id) is None
