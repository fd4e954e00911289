"""The words that things are found by."""

from __future__ import annotations

from shared.words import words_of


def test_case_and_accents_do_not_matter():
    assert words_of("Müller & Söhne", "DISCOVERY") == ["discovery", "muller", "sohne"]


def test_equal_texts_give_equal_words_whatever_their_order():
    assert words_of("b a", None, "a") == words_of("a", "b")
