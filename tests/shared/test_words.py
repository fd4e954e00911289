"""The one way in which every context keeps and finds words."""

from __future__ import annotations

from datetime import timedelta

import peewee
import pytest

from shared.database.connection import is_postgres, session
from shared.search import common_subjects
from shared.search.matching import Match, WordMatch
from shared.search.words import LONGEST_TEXT, Words, moment
from tests.conftest import NOON


@pytest.fixture
def words(make_shop):
    """Words in a database of their own, to which this thread is connected."""
    shop = make_shop()
    text = 'TEXT COLLATE "C"' if is_postgres(shop.db) else "TEXT"
    with session(shop.db):
        shop.db.execute_sql(
            f"CREATE TABLE search_word (kind TEXT, subject_id TEXT, word {text}, tenant_id TEXT, place {text},"
            " PRIMARY KEY (kind, subject_id, word))"
        )
        yield Words(shop.db, across_tenants=True)


def keep(words, subject_id, *texts, tenant="demo", **more):
    words.index("thing", tenant, subject_id, texts, **{"new": True} | more)


def found(words, text, tenant="demo", **more):
    match = words.match("thing", tenant, text, peewee.SQL("subject_id"), **more)
    return sorted(row.subject_id for row in match.ids.distinct())


@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ørsted", "orsted"), ("Łódź", "lodz"), ("Đorđe", "dorde"), ("Æon", "aeon"), ("Åland", "aland"), ("Żabka", "zabka"),
        ("İstanbul", "istanbul"), ("Facebook mail", "face"), ("A decade", "decade"), ("100% 5_6", "5_6"),
    ],
)  # fmt: skip
def test_plain_letters_find_those_of_single_languages(words, name, typed, parts):
    keep(words, "a", f"The {name} deal", parts=parts)
    keep(words, "b", "The other deal", parts=parts)
    for text in (typed, typed.upper(), typed[:-1], f"{name} del".removesuffix("el"), f"deal {typed}"):
        assert found(words, text, parts=parts) == ["a"], text


def test_a_part_of_a_word_is_found_where_parts_are_kept_and_searched(words):
    keep(words, "a", "Another talk", parts=True)
    keep(words, "b", "Another talk")
    keep(words, "c", "Another talk", parts=True, tenant="acme")
    for text in ("nothe", "alk oth", "a", "k"):
        assert found(words, text, parts=True) == ["a"]
    assert (found(words, "nothe"), found(words, "another")) == ([], ["b"])
    for text in ("nothe x", "othertalk", "%", "n_th"):
        assert found(words, text, parts=True) == []


def test_a_long_text_is_cut_to_what_an_index_takes(words):
    keep(words, "a", " ".join(f"{number}ﷺ" for number in range(200)), parts=True)
    assert len(words.table.get().word) == LONGEST_TEXT
    assert found(words, "0", parts=True) == ["a"]


def test_nothing_typed_narrows_nothing_and_no_word_finds_nothing(words):
    keep(words, "a", "Anything")
    for text in (None, "", "  "):
        assert words.match("thing", "demo", text, words.table.subject_id) is None
    nothing = words.match("thing", "demo", "&", words.table.subject_id)
    assert (type(nothing), nothing.count, list(nothing.ids)) == (Match, 0, [])


def test_an_id_is_found_beside_the_words(words):
    table = words.table
    for subject_id, text in (("a", "Face"), ("face", "Other"), ("c", "None")):
        keep(words, subject_id, text, parts=True)
    match = words.match("thing", "demo", "face", table.subject_id, parts=True).or_id("demo", "face", table.subject_id)
    assert {row.subject_id for row in match.ids} == {"a", "face"}
    assert {row.subject_id for row in table.select().where(*match.tests)} == {"a", "face"}
    assert match.count == 2


def test_what_is_kept_anew_or_dropped_is_found_no_more(words):
    keep(words, "a", "Harbor")
    keep(words, "a", "Alder", new=False)
    assert (found(words, "harbor"), found(words, "alder")) == ([], ["a"])
    words.drop("thing", "demo", "a")
    assert found(words, "alder") == []


@pytest.mark.parametrize("tenant", ["demo", None])
def test_the_newest_of_a_common_word_are_read_in_the_order_of_their_places(words, tenant):
    for number in range(9):
        place = NOON + timedelta(minutes=number)
        keep(words, f"s{number}", ("Harbor", "Harbour")[number % 2], tenant=("demo", "acme")[number == 8], place=place)
    match = words.match("thing", tenant, "harb", words.table.subject_id)
    assert isinstance(match, WordMatch)
    newest = {subject_id for (subject_id,) in match.newest(4).bind(words.db).tuples()}
    assert newest == ({"s4", "s6", "s5", "s7"} if tenant else {"s6", "s8", "s5", "s7"})
    page = match.page("desc", limit=3)
    assert page.items == (["s7", "s6", "s5"] if tenant else ["s8", "s7", "s6"])
    assert page.total == match.count == (8 if tenant else 9)
    assert words.table.get(words.table.subject_id == "s1").place == moment(NOON + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("beginnings", "subjects"),
    [
        (["call", "ana"], ["a", "c"]),  # one word each
        (["call", "an"], ["a", "c", "d"]),  # ana, and andy
        (["c", "an"], ["a", "c", "d", "e"]),  # several of each
        (["call", "ana", "pet"], ["c"]),
        (["call", "ana", "p"], ["a", "c"]),  # paul, petra and petrov: each subject once
        (["call", "zoe"], []),
    ],
)
def test_what_several_beginnings_have_in_common_is_in_the_tenant_and_found_once(words, beginnings, subjects):
    keep(words, "a", "Call Ana, Paul", place="3")
    keep(words, "b", "Ask Ana", place="2")
    keep(words, "c", "Call Ana Petrov, Petra", place="1")
    keep(words, "d", "Call Andy", place="2")
    keep(words, "e", "Cook for Ana and Andy", place="2")
    keep(words, "f", "Call Ana Petrov", tenant="acme")
    words.index("other", "demo", "g", ["Call Ana Petrov"], new=True)
    found = common_subjects.common(words.db, "demo", "thing", beginnings)
    assert sorted(found) == subjects
    assert len(common_subjects.common(words.db, "demo", "thing", beginnings, most=1)) == min(1, len(subjects))
