"""The tables: as the migrations make them, lists read by an index each, and each row of one tenant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playhouse.schema_diff import diff_models

from services.runs import lifecycle, models, partnerships
from services.runs.action_types.registry import context_of
from services.runs.models import TABLES, Partnership, SearchWord, db
from services.runs.models.step_queries import PartnershipFilter
from services.runs.states import OPEN_STAGES, STAGES
from services.runs.step_rows.step_data import data_of
from services.runs.step_rows.step_records import records_of
from shared.ground import ids
from shared.ground.errors import NotFound
from shared.search import lists, matching
from tests.conftest import NOON
from tests.plans import plan_of
from tests.runs.conftest import ANA, MAX, OTHER, happened, know, make_partnership

pytestmark = pytest.mark.usefixtures("database")

PAGE = {"limit": 20, "offset": 0, "cursor": None}


def test_the_migrations_make_what_the_models_say(database):
    difference = diff_models(db, list(TABLES))
    assert not difference, difference.render()


def asked_by(question):
    """The statements that a question makes: the same however many rows there are."""
    asked, real = [], db.obj.execute_sql

    def listening(sql, params=None, **more):
        asked.append((sql, params))
        return real(sql, params, **more)

    db.obj.execute_sql = listening
    try:
        answer = question()
        if not hasattr(answer, "items"):
            list(answer)
    finally:
        del db.obj.execute_sql
    return asked


def plans(question):
    """The plans of a question's statements. On PostgreSQL, which knows of no rows here, indexes are good for any of them."""
    return [plan_of(db, *statement) for statement in asked_by(question)]


FILTERS = [
    ({}, "", "by_name"),
    ({"sort": "lastContact"}, "", "by_contact"),
    ({"sort": "priority"}, "", "by_priority"),
    ({"stage": "MOU Sent"}, "of_stage", "by_name"),
    ({"stage": "MOU Sent", "sort": "lastContact"}, "of_stage", "by_contact"),
    ({"owner": "ana"}, "of_owner", "by_name"),
    ({"owner": "ana", "sort": "priority"}, "of_owner", "by_priority"),
    ({"owner": "ana", "priority": 1, "sort": "lastContact"}, "of_owner", "by_contact"),
    ({"priority": 1}, "of_stage", "by_name"),
    ({"silent_before": NOON}, "of_stage", "by_name"),
    ({"silent_before": NOON, "sort": "lastContact"}, "of_stage", "by_contact"),
    ({"silent_before": NOON, "sort": "priority"}, "of_stage", "by_priority"),
    ({"silent_before": NOON, "owner": "ana", "stage": "Active"}, "of_owner", "by_name"),
]


@pytest.mark.parametrize(("filters", "counted", "walked"), FILTERS)
def test_few_partnerships_are_looked_up_by_what_is_asked_for(filters, counted, walked, engine):
    count, *rest = plans(lambda: models.partnerships.listed("demo", **PAGE | filters))
    # PostgreSQL may think another of these indexes as good, since it knows of no rows.
    assert (f"partnership_{counted}" if engine == "sqlite" else "partnership_") in count
    assert f"COVERING INDEX partnership_{counted}" in rest[0] or engine != "sqlite" or not counted
    # t2 is what was found, held in memory.
    assert "SCAN t1" not in count + "".join(rest)
    assert "Seq Scan" not in count


@pytest.mark.parametrize(("filters", "counted", "walked"), FILTERS)
def test_of_many_partnerships_the_order_is_walked_and_nothing_sorted(filters, counted, walked, monkeypatch, engine):
    monkeypatch.setattr(lists, "FEW", -1)
    count, page = plans(lambda: models.partnerships.listed("demo", **PAGE | filters))
    assert (f"partnership_{walked} " if engine == "sqlite" else "partnership_") in page
    assert "TEMP B-TREE" not in page
    assert "Sort" not in page


def test_a_search_reads_the_index_of_the_words_and_then_only_the_rows_of_its_page(engine):
    count, total, page, *_ = plans(lambda: models.partnerships.listed("demo", **PAGE | {"q": "acme lin"}))
    assert "search_word_found" in count
    assert "search_word" in total
    assert "search_word" in page
    if engine == "sqlite":
        assert "USING INDEX partnership_" not in total + page


MANY = (
    PartnershipFilter(),
    PartnershipFilter(stages=OPEN_STAGES, last_contact_before=NOON),
    PartnershipFilter(stages=OPEN_STAGES, last_contact_before=NOON, order="silence"),
    PartnershipFilter(stages=("New Lead",), created_from=NOON),
    PartnershipFilter(call_by=NOON.date(), meetings_from=NOON, meetings_until=NOON, order="call"),
    PartnershipFilter(owner="ana", priority_up_to=2),
    PartnershipFilter(may_move=(NOON, NOON)),
)


@pytest.mark.parametrize("asked", MANY)
def test_what_a_step_looks_for_is_never_found_by_reading_the_table(asked, engine):
    found = " ".join(plans(lambda: models.step_queries.partnerships("demo", asked)))
    assert "SCAN t" not in found
    assert "Seq Scan" not in found


@pytest.mark.parametrize("asked", MANY)
def test_where_many_match_what_a_step_looks_for_it_takes_them_off_an_index(asked, monkeypatch, engine):
    monkeypatch.setattr(lists, "FEW", -1)
    pages = [one for one in asked_by(lambda: models.step_queries.partnerships("demo", asked)) if "ORDER BY" in one[0]]
    for page in pages:
        assert "TEMP B-TREE" not in plan_of(db, *page)
        assert " Sort" not in plan_of(db, *page)


@pytest.mark.engine("sqlite")  # PostgreSQL may take another index that fits, without statistics
def test_whose_stage_may_be_wrong_stands_in_an_index_of_its_own(engine):
    found = " ".join(plans(lambda: models.step_queries.partnerships("demo", MANY[-1])))
    assert "partnership_moving " in found


@pytest.mark.parametrize(
    ("listed", "index"),
    [
        (lambda: models.activities.listed("demo", "p", **PAGE), "activity_newest"),
        (lambda: models.objectives.listed("demo", **PAGE), "objective_soonest"),
        (lambda: models.objectives.listed("demo", status="open", **PAGE), "objective_of_status"),
        (lambda: models.recurrences.listed("demo", **PAGE), "recurrence_tenant_id_created_at_id"),
        (lambda: models.runs.listed("demo", **PAGE), "guided_run_newest"),
    ],
)
def test_the_other_lists_walk_an_index_and_sort_nothing(listed, index, engine):
    plan = plans(listed)[-1]
    assert (index if engine == "sqlite" else index.split("_")[0]) in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"status": "paused"}, "guided_run_of_status"),
        ({"template_id": "mou-sprint"}, "guided_run_of_template"),
        ({"owner": "ana"}, "guided_run_of_owner"),
        ({"owner": "ana", "status": "paused"}, "guided_run_of_"),
        ({"partnership_id": "p"}, "run_partnership_"),
        ({"q": "weekly"}, "search_word_found"),
    ],
)
def test_each_list_of_runs_begins_with_the_index_of_its_filter(filters, index, engine):
    count = plans(lambda: models.runs.listed("demo", **PAGE | filters))[0]
    assert (index if engine == "sqlite" else index.split("_")[0]) in count.replace("runpartnership", "run_partnership")
    assert "Seq Scan" not in count


def named(page):
    return [row.name for row in page.items]


def everything(**filters):
    """The names of all that a list has, page by page."""
    names, cursor = [], None
    while True:
        page = models.partnerships.listed("demo", limit=2, cursor=cursor, **filters)
        names, cursor = names + named(page), page.next
        if cursor is None:
            return names


@pytest.mark.parametrize("few", [-1, 5_000])
@pytest.mark.parametrize("sort", models.partnerships.SORTS)
def test_few_or_many_a_list_has_the_same_rows_in_the_same_order(few, sort, monkeypatch):
    monkeypatch.setattr(lists, "FEW", few)
    monkeypatch.setattr(lists, "FEW_SUBJECTS", few)
    know(MAX)
    for number in range(12):
        stage, owner = ("Active", "Lost")[number % 2], ("ana", "max")[number % 3 % 2]
        made = make_partnership(f"Org {chr(107 - number)}", stage=stage, owner=owner, priority=number % 3 + 1)
        happened(made, days_ago=number)
        if number % 4:
            Partnership.update(next_call_on=NOON.date() + timedelta(days=number % 3)).where(
                Partnership.id == made.id
            ).execute()
    kept = {row.name: row for row in Partnership.select()}
    key = {
        "name": lambda row: row.name_key,
        "lastContact": lambda row: row.last_contact_at,
        "priority": lambda row: (row.priority, row.last_contact_at),
        "stage": lambda row: (STAGES.index(row.stage), row.id),
        "nextCall": lambda row: (row.next_call_on or date.max, row.id),
        "owner": lambda row: ({"ana": "", "max": "max weber"}[row.owner], row.id),
    }[sort.removeprefix("-")]
    for filters, holds in (
        ({"stage": "Active"}, lambda row: row.stage == "Active"),
        ({"owner": "ana", "priority": 1}, lambda row: row.owner == "ana" and row.priority == 1),
        (
            {"silent_before": NOON - timedelta(days=3)},
            lambda row: row.last_contact_at < NOON - timedelta(days=3) and row.stage == "Active",
        ),
        ({"q": "org"}, lambda row: True),
        ({"q": "org", "stage": "Lost"}, lambda row: row.stage == "Lost"),
    ):
        wanted = sorted((row for row in kept.values() if holds(row)), key=key, reverse=sort.startswith("-"))
        assert everything(sort=sort, **filters) == [row.name for row in wanted]
        total = models.partnerships.listed("demo", limit=2, sort=sort, **filters).total
        assert total == len(wanted)


def test_a_partnership_is_found_by_the_beginnings_of_its_words_as_they_are_now():
    found = lambda q: named(models.partnerships.listed("demo", limit=9, q=q))  # noqa: E731
    row = make_partnership("Müller & Söhne", contacts=[{"name": "Zoë Ünal", "email": "zoe@werk.test", "title": ""}])
    make_partnership("Muller", by=OTHER)
    for q in ("mull", "SÖHNE", "zoe un", "zoe@werk", "söh werk"):
        assert found(q) == ["Müller & Söhne"]
    assert found("uller") == found("mull zoo") == found("&") == []
    partnerships.change(ANA, row.id, partnerships.ChangePartnership(name="Alder"), now=NOON)
    assert (found("mull"), found("ald"), found("zoe")) == ([], ["Alder"], ["Alder"])
    partnerships.remove(ANA, row.id, now=NOON)
    assert found("ald") == []
    assert not SearchWord.select().where(SearchWord.tenant_id == "demo").exists()


@pytest.mark.parametrize("many", [0, 1_000])
@pytest.mark.parametrize("sort", ["name", "priority"])
def test_a_search_tells_how_many_it_found_and_pages_through_them(sort, many, monkeypatch):
    monkeypatch.setattr(matching, "FEW_SUBJECTS", many)
    monkeypatch.setattr(lists, "FEW_SUBJECTS", many)
    for number in range(7):
        make_partnership(f"Harbor Harbour Logistics {number}")
    make_partnership("Harbor Health")
    make_partnership("Alder Logistics")
    found: list[str] = []
    cursor = None
    for size in (3, 3, 1):
        page = models.partnerships.listed("demo", limit=3, sort=sort, q="har log", cursor=cursor)
        assert (page.total, page.total_is_exact, len(page.items)) == (7, True, size)
        found, cursor = found + named(page), page.next
    assert sorted(found) == [f"Harbor Harbour Logistics {number}" for number in range(7)]
    assert cursor is None
    if sort == "name":
        assert found == sorted(found)
    assert named(models.partnerships.listed("demo", limit=2, offset=5, q="har log")) == [
        "Harbor Harbour Logistics 5",
        "Harbor Harbour Logistics 6",
    ]


@pytest.mark.parametrize("few", [0, 5_000])
def test_a_run_is_found_by_its_words_and_its_partnerships(few, monkeypatch):
    monkeypatch.setattr(lists, "FEW", few)
    monkeypatch.setattr(lists, "FEW_SUBJECTS", few)
    monkeypatch.setattr(matching, "FEW_SUBJECTS", few)
    step = {"actionType": "note", "title": "Note", "description": "", "config": {}, "key": "note"}
    acme = make_partnership("Acme")
    for number, (name, linked) in enumerate(
        [("Weekly review", [acme.id]), ("Weekly intake", []), ("Sprint", [acme.id])]
    ):
        told = {"name": name, "steps": [step], "linked_partnership_ids": linked}
        lifecycle.start(ANA, lifecycle.StartRun(**told), run_id=ids.new_id(), now=NOON + timedelta(minutes=number))
    found = lambda **filters: named(models.runs.listed("demo", limit=9, **filters))  # noqa: E731
    assert found(q="week") == ["Weekly intake", "Weekly review"]
    assert found(partnership_id=acme.id) == ["Sprint", "Weekly review"]
    assert found(partnership_id=acme.id, q="week rev") == ["Weekly review"]
    assert found(q="week", status="paused") == []
    assert models.runs.listed("acme", limit=9, q="week").items == []


def test_the_latest_talk_of_each_partnership_is_told_with_one_question():
    rows = [make_partnership(name) for name in ("A", "B", "C")]
    for row in rows[:2]:
        for days in (3, 1, 2):
            happened(row, "call", days_ago=days)
        happened(row, "note")
    wanted = [row.id for row in rows]
    assert len(asked_by(lambda: models.step_queries.latest("demo", wanted, ("call",)).values())) == 1
    latest = models.step_queries.latest("demo", wanted, ("call",))
    assert {key: one.at for key, one in latest.items()} == {row.id: NOON - timedelta(days=1) for row in rows[:2]}


@pytest.mark.parametrize("kind", ["review", "email", "update_stage", "schedule", "create_task"])
def test_what_a_step_shows_takes_as_many_questions_for_200_rows_as_for_two(kind):
    own = {
        "actionType": kind,
        "title": kind,
        "description": "",
        "config": {"filter": {"stage": "Active"}, "limit": 200},
    }
    run = lifecycle.start(
        ANA, lifecycle.StartRun(steps=[own | {"key": "one"}], name="Run"), run_id=ids.new_id(), now=NOON
    )
    [step] = models.runs.steps_of(run)
    for _ in range(2):
        make_partnership("Acme", stage="Active")
    few = asked_by(lambda: [data_of(context_of(ANA, run, step, now=NOON), records_of(step))])
    for _ in range(198):
        make_partnership("Acme", stage="Active")
    many = asked_by(lambda: [data_of(context_of(ANA, run, step, now=NOON), records_of(step))])
    assert len(data_of(context_of(ANA, run, step, now=NOON), records_of(step))["items"]) == 200
    assert len(many) <= len(few) + 1  # the page after the last one, which is empty


@pytest.mark.parametrize(
    "find",
    [
        models.partnerships.find, models.partnerships.get_for_update, models.objectives.find, models.objectives.get_for_update,
        models.templates.find, models.templates.get_for_update, models.recurrences.find,
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(find):
    with pytest.raises(NotFound):
        find("demo", "nothing")


@pytest.mark.engine("postgresql")  # SQLite has no such setting: it plans each question anyway
def test_a_question_is_planned_for_its_own_filters(database):
    assert db.execute_sql("SHOW plan_cache_mode").fetchone() == ("force_custom_plan",)


def test_the_calls_of_a_row_are_looked_up(engine):
    [plan] = plans(lambda: models.meetings.of_row(models.StepRow(id="row", tenant_id="demo")))
    assert "meeting_row_id" in plan
