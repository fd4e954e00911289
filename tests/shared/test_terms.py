"""The words that things are found by."""

from __future__ import annotations

import pytest

from shared.search.terms import words_of


def test_case_and_accents_do_not_matter():
    assert words_of("Müller & Söhne", "DISCOVERY") == ["discovery", "muller", "sohne"]


def test_equal_texts_give_equal_words_whatever_their_order():
    assert words_of("b a", None, "a") == words_of("a", "b")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ørsted", "orsted"), ("Łódź", "lodz"), ("Đorđe", "dorde"), ("Æon", "aeon"), ("Åland", "aland"), ("Żabka", "zabka"),
        ("İstanbul", "istanbul"), ("Diyarbakır", "diyarbakir"), ("Straße", "strasse"), ("Þór", "thor"), ("Œuvre", "oeuvre"),
        ("Għarb", "gharb"), ("Ǿ ǽ", "ae o"), ("ORSTED", "ørsted"),
    ],
)  # fmt: skip
def test_letters_of_single_languages_are_found_by_plain_ones(name, typed):
    assert words_of(name) == words_of(typed)
