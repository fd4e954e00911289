"""Clauses in many wordings, what cannot be read, what contradicts itself, and hostile text."""

from __future__ import annotations

import time
from datetime import date

import pytest

from services.workflows.clauses.text import LONGEST_TEXT, sentences
from services.workflows.clauses.written_dates import dates
from tests.workflows.customer_contexts import computed, sampled, with_text


def read(*texts, **changes):
    return computed("contract_analysis", with_text(*texts, **changes))


NOTICES = [
    (
        "This Agreement shall automatically renew for successive periods of twelve (12) months unless either party gives written "
        "notice of its intention not to renew at least sixty (60) days before the end of the then-current term.",
        "60 days",
        "2027-05-01",
    ),
    (
        "Either party may elect not to renew by giving not less than 90 days prior written notice before the expiration of the Term.",
        "90 days",
        "2027-04-01",
    ),
    (
        "Customer may prevent renewal by notifying Provider in writing ninety days before the end of the then-current term.",
        "90 days",
        "2027-04-01",
    ),
    (
        "Notice of non-renewal must be received no later than three (3) months prior to the renewal date.",
        "3 months",
        "2027-03-30",
    ),
    (
        "The Agreement renews automatically each year unless cancelled by either party on one month's written notice prior to the "
        "anniversary date.",
        "1 month",
        "2027-05-30",
    ),
    (
        "Unless either party provides at least 30 days' prior written notice of non-renewal, the Term will extend for additional "
        "one-year periods.",
        "30 days",
        "2027-05-31",
    ),
    ("This Order Form auto-renews annually; opt out requires 45 days' notice before renewal.", "45 days", "2027-05-16"),
    (
        "Notice of non-renewal shall be given not more than 180 days and not less than 120 days before the end of the Term.",
        "120 days",
        "2027-03-02",
    ),
    (
        "Unless terminated by either party upon written notice given not fewer than one hundred twenty (120) days before the "
        "expiration of the Initial Term, this Agreement shall be extended.",
        "120 days",
        "2027-03-02",
    ),
    (
        "If Customer does not wish to extend the subscription, it must give ten (10) business days' notice before the last day of "
        "the subscription term.",
        "10 business days",
        "2027-06-16",
    ),
    (
        "The contract shall be prolonged tacitly for one year unless terminated with a notice period of three months to the end of "
        "the term.",
        "3 months",
        "2027-03-30",
    ),
    (
        "The parties may terminate this agreement by giving notice six weeks before the end of the Term.",
        "6 weeks",
        "2027-05-19",
    ),
]


@pytest.mark.parametrize(("sentence", "period", "day"), NOTICES, ids=[one[1] + " " + one[0][:30] for one in NOTICES])
def test_a_notice_is_read_with_its_sentence_and_date(sentence, period, day):
    notice = read("1. Fees are due in 30 days. " + sentence)["notice"]
    assert (notice["status"], notice["period"], notice["noticeDate"]) == ("found", period, day)
    assert notice["sentence"] == sentence


NOT_NOTICES = [
    "Provider shall notify Customer of any fee increase at least sixty (60) days prior to the renewal term.",
    "Either party may terminate for material breach if the breach is not cured within thirty (30) days of written notice.",
    "Invoices are payable within thirty (30) days of receipt; notice of dispute must be in writing.",
]


@pytest.mark.parametrize("sentence", NOT_NOTICES)
def test_other_periods_are_no_notice_of_non_renewal(sentence):
    assert read(sentence)["notice"]["status"] == "not found"


def test_a_notice_without_a_number_is_unreadable_and_not_guessed():
    notice = read(
        "A party that does not wish to renew shall give notice within a reasonable time before the end of the Term."
    )["notice"]
    assert notice["status"] == "unreadable"
    assert "names no number" in notice["why"]
    assert "noticeDate" not in notice


def test_words_and_figure_that_differ_are_unreadable():
    notice = read("Written notice of non-renewal shall be given sixty (90) days before expiry of the Term.")["notice"]
    assert notice["status"] == "unreadable"
    assert "sixty days" in notice["why"]


def test_two_sentences_that_contradict_are_both_given_and_none_is_chosen():
    output = computed("contract_analysis", sampled("Oriel Insurance"))
    notice = output["notice"]
    assert notice["status"] == "contradictory"
    assert [one["period"] for one in notice["candidates"]] == ["60 days", "90 days"]
    assert all(one["sentence"] and one["daysLeft"] for one in notice["candidates"])
    assert output["priceCap"]["status"] == "contradictory"
    assert {"notice", "priceCap"} <= {one["clause"] for one in output["unread"]}


RENEWALS = [
    ("The Agreement is evergreen and continues until terminated by either party.", True, None),
    ("There is no automatic renewal of this Agreement.", False, None),
    ("This Agreement shall not automatically renew.", False, None),
    ("This Agreement expires on 30 June 2027 unless the parties agree in writing to extend it.", False, None),
    ("The term may be renewed only by mutual written agreement.", False, None),
    ("The term rolls over for additional periods of one (1) year each.", True, 12),
    ("At the end of the initial term this Agreement will renew for one further period of 24 months.", True, 24),
    ("Renewal requires a new order form signed by both parties.", False, None),
    (
        "The contract shall be prolonged for one year unless terminated with a notice period of three months to the end of the term.",
        True,
        12,
    ),
]


@pytest.mark.parametrize(("sentence", "renews", "months"), RENEWALS)
def test_renewal_is_read(sentence, renews, months):
    renewal = read(sentence)["autoRenewal"]
    assert (renewal["status"], renewal["renews"], renewal["termMonths"]) == ("found", renews, months)


CAPS = [
    (
        "Fees for any renewal term may not increase by more than five percent (5%) over the fees of the prior term.",
        "fixed",
        5.0,
        "exact",
    ),
    ("Annual price increases are limited to the Consumer Price Index plus 2%.", "index_plus", 2.0, "at least"),
    ("Provider may increase fees by the lesser of 4% and the change in CPI.", "lesser_of", 4.0, "at most"),
    ("Renewal pricing shall not exceed 103% of the prior fees.", "fixed", 3.0, "exact"),
    ("Prices will increase at each renewal by 3%.", "set", 3.0, "exact"),
    ("Renewal is at Provider's then-current list prices.", "none", None, None),
    ("Fees shall remain fixed for each renewal term.", "locked", 0.0, "exact"),
    ("Any increase in fees upon renewal is capped at seven per cent.", "fixed", 7.0, "exact"),
    ("Fees may be adjusted annually by the greater of three percent (3%) or CPI.", "greater_of", 3.0, "at least"),
    ("The price may be raised in line with inflation.", "index", None, None),
    ("There is no cap on increases of fees at renewal.", "none", None, None),
]


@pytest.mark.parametrize(
    ("sentence", "basis", "limit", "certainty"), CAPS, ids=[one[1] + " " + one[0][:25] for one in CAPS]
)
def test_a_price_cap_is_read(sentence, basis, limit, certainty):
    cap = read(sentence)["priceCap"]
    assert (cap["status"], cap["basis"], cap["limitPercent"], cap["limitIs"]) == ("found", basis, limit, certainty)


@pytest.mark.parametrize(
    "sentence",
    [
        "Late payments bear interest at a rate not exceeding 1.5% per month.",
        "Provider's liability shall not exceed 100% of the fees paid.",
        "Fees shall remain fixed for the initial term.",
        "A volume discount of 10% applies to fees above USD 100,000.",
    ],
)
def test_other_percentages_are_no_price_cap(sentence):
    assert read(sentence)["priceCap"]["status"] == "not found"


TERMINATIONS = [
    (
        "Customer may terminate this Agreement for convenience upon sixty (60) days' written notice.",
        True,
        "customer",
        "60 days",
    ),
    ("Neither party may terminate this Agreement for convenience.", False, "either", None),
    ("We may terminate without cause on ninety days' notice to you.", True, "provider", "90 days"),
    ("This Agreement may not be terminated without cause before the end of the Initial Term.", False, "either", None),
]


@pytest.mark.parametrize(("sentence", "allowed", "party", "notice"), TERMINATIONS)
def test_termination_for_convenience_is_read(sentence, allowed, party, notice):
    found = read(sentence)["terminationForConvenience"]
    assert (found["allowed"], found["party"], found["notice"]) == (allowed, party, notice)


def test_termination_for_cause_has_its_time_to_cure():
    found = read(
        "Either party may terminate for cause if the other materially breaches and fails to cure within 30 days."
    )
    assert found["terminationForCause"]["cure"] == "30 days"
    assert found["terminationForConvenience"]["status"] == "not found"


def test_every_finding_of_the_samples_quotes_its_contract_word_for_word():
    for name in ("Brightwater Logistics", "Ferrum Steel", "Kauri Health", "City of Larkspur"):
        context = sampled(name)
        texts = {one.id: one.text for one in context.contracts}
        output = computed("contract_analysis", context)
        quoted = [
            one for one in [*output.values(), *output["obstacles"]] if isinstance(one, dict) and one.get("sentence")
        ]
        assert len(quoted) >= 3
        assert all(one["sentence"] in texts[one["contractId"]] for one in quoted)


def test_the_seeds_customer_has_two_critical_obstacles():
    output = computed("contract_analysis", sampled())
    assert output["criticalObstacles"] == 2
    assert output["notice"]["noticeDate"] == "2027-03-06"
    assert output["unread"] == []


def test_a_later_document_replaces_an_earlier_one_and_says_so():
    output = computed("contract_analysis", sampled("Ferrum Steel"))
    assert output["notice"]["period"] == "120 days"
    assert "ninety days" in output["notice"]["replaces"][0]["sentence"]
    assert output["autoRenewal"]["renews"] is True


@pytest.mark.parametrize(("name", "why"), [("Quarry Construction", "not letters"), ("Polaris Energy", "English")])
def test_a_text_that_cannot_be_read_is_said_to_be_so(name, why):
    output = computed("contract_analysis", sampled(name))
    assert output["notice"]["status"] == "unreadable"
    assert why in output["unread"][0]["why"]


def test_without_a_contract_nothing_is_found_and_it_says_why():
    output = read()
    assert output["notice"] == {"status": "not found", "why": "there is no contract on file", "sentence": None}
    assert output["summary"].startswith("No contract is on file")


def test_the_term_is_written_or_follows_from_start_and_length_and_is_checked_against_what_was_entered():
    assert (
        read("The subscription starts on 1 July 2024 and continues for a period of thirty-six (36) months.")["termEnd"][
            "date"
        ]
        == "2027-06-30"
    )
    wrong = read("The term of this Agreement ends on March 31, 2028.")["termEnd"]
    assert wrong["status"] == "contradictory"
    assert {one["date"] for one in wrong["candidates"]} == {"2028-03-31", "2027-06-30"}
    assert read("The initial term ended on 30 June 2025.")["termEnd"]["date"] == "2027-06-30"


def test_a_date_whose_parts_could_be_swapped_is_no_date():
    assert dates("the term ends on 03/04/2027") == []
    assert dates("on june 31, 2027 or 2027-06-30") == [date(2027, 6, 30)]


@pytest.mark.parametrize(
    "text",
    [
        "renew " * 40_000,
        "notice of non-renewal " * 9_000,
        "(" * 200_000,
        "sixty (" * 28_000,
        "liability shall be the the the " * 6_500 + ".",
        "a. " * 66_000,
        "\n \n" * 66_000,
        ("the fees shall not " * 100 + ". ") * 105,
        "1.1.1.1.1 " * 20_000,
        "“" * 100_000 + ". A" * 30_000,
        "either party may terminate this agreement at any time upon notice " * 3_000,
        "(a) may terminate; (b) upon notice; " * 5_500,
        "neither this agreement nor rights shall be assigned without consent. " * 2_900,
        "if no less favourable prices than any other customer shall be given " * 2_900,
        "shall not enter into an exclusive agreement for at least a minimum of two " * 2_700,
        "except for breach neither party is liable, liability shall not exceed " * 2_800,
        ("the term of this agreement is " * 60 + ". Now ") * 105,
        ("option to renew by mutual agreement " * 50 + "2027. Now ") * 105,
        ("automatically the term may be renewed unless notice " * 35 + ". Now ") * 105,
        ("notice of two years before the end of the term terminates " * 30 + ". Now ") * 105,
        ("the effective date is the other date " * 50 + "May 2, 2027. Now ") * 100,
        ("continues until terminated or renewed for " * 45 + "a year. Now ") * 100,
        ("the\n\n" * 40_000),
        ("initial term renewal term for a period of 2 years from the date " * 30 + ". Now ") * 100,
    ],
    ids=range(24),
)
def test_hostile_text_is_read_in_bounded_time(text):
    began = time.process_time()
    read(text[: LONGEST_TEXT + 1])
    assert time.process_time() - began < 5


def test_what_lies_beyond_the_limit_is_said_to_be_unread():
    _, left_out = sentences("The fees are due. " * 20_000)
    assert left_out == [f"only the first {LONGEST_TEXT:,} of 360,000 characters were read"]
    found, left_out = sentences("The fee " + "and the fee " * 400 + "is due. It is so.")
    assert "too long to be read" in left_out[0]
    assert [one.exact for one in found] == ["It is so."]
