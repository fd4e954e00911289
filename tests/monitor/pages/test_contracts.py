"""The pages of contracts while the others are away, and how a text is split around what was found in it."""

from __future__ import annotations

import io

import pytest

from services.monitor.pages.contract_text import Passage, passages, sentences_of
from tests import document_makers as make
from tests.monitor.pages.conftest import OURS, words

PAGE = "/app/customers/c1/contracts"


def test_the_list_says_that_its_owner_is_not_answering(ana):
    answer = ana.get(PAGE)
    assert answer.status_code == 200
    assert "Its contracts cannot be shown." in words(answer)


def test_a_file_that_cannot_be_handed_on_says_so_and_nothing_is_lost(ana):
    form = {"file": (io.BytesIO(make.pdf("x")), "c.pdf"), "key": "k"}
    answer = ana.post(PAGE, data=form, headers=OURS)
    assert answer.status_code == 503
    assert "not answering" in words(answer)


def test_without_a_file_it_asks_for_one(ana):
    answer = ana.post(PAGE, data={"key": "k"}, headers=OURS, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Choose a file first." in words(answer)


def test_a_form_that_is_larger_than_the_largest_file_is_refused(ana):
    form = {"file": (io.BytesIO(bytes(40_000_000)), "c.pdf"), "key": "k"}
    assert ana.post(PAGE, data=form, headers=OURS).status_code == 413


def test_another_site_puts_nothing_on_file(ana):
    form = {"file": (io.BytesIO(make.pdf("x")), "c.pdf")}
    assert ana.post(PAGE, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    ("text", "sentences", "split"),
    [
        ("", [], []),
        ("One. Two.", [], [Passage("One. Two.")]),
        ("One. Two.", ["Two."], [Passage("One. "), Passage("Two.", 1)]),
        ("One. Two.", ["Two.", "One."], [Passage("One.", 1), Passage(" "), Passage("Two.", 2)]),
        ("One. Two.", ["Three."], [Passage("One. Two.")]),
        ("One two three.", ["One two", "two three."], [Passage("One two", 1), Passage(" three.")]),
    ],
)
def test_a_text_is_split_around_the_sentences_that_were_found(text, sentences, split):
    assert passages(text, sentences) == split
    assert "".join(passage.text for passage in split) == text


def test_every_sentence_that_a_finding_quotes_is_one_once():
    findings = {
        "contractId": "c1",
        "notice": {"sentence": "A.", "candidates": [{"sentence": "A."}, {"sentence": "B."}]},
        "terminationForConvenience": {"sentence": None, "rights": [{"sentence": "C."}]},
        "obstacles": [{"sentence": "D."}],
        "unread": [{"why": "so"}],
    }
    assert sentences_of(findings) == ["A.", "B.", "C.", "D."]
