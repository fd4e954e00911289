"""The end of the term: written, computed from a start that stands elsewhere or was entered, or not readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.workflows.clauses.text import sentences
from services.workflows.clauses.written_dates import dates, day_of_a_year
from tests.workflows.customer_contexts import computed, with_text

TEXT, LENGTH, ENTERED = (
    "contract text",
    "start and length in the contract text",
    "contract.effectiveOn and length in the contract text",
)
OPENING = 'This Agreement is made as of February 1, 2026 (the "Effective Date") by and between Acme and Globex. '


def term_end(text, effective_on=None, ends_on=None):
    context = with_text(text, ends_on=ends_on)
    contract = replace(context.contracts[0], effective_on=effective_on)
    return computed("contract_analysis", replace(context, contracts=(contract,)))["termEnd"]


WRITTEN = [
    ("This Agreement shall terminate on 31 October 2027.", "2027-10-31"),
    ("Expiration Date: March 31, 2028", "2028-03-31"),
    ("The Order Form is valid until 2027-12-31.", "2027-12-31"),
    ("The term of this Agreement shall begin on the date hereof and shall expire at midnight on the 5th day of May, 2027.", "2027-05-05"),
    ('"Subscription Term" means the period from January 1, 2026 through December 31, 2027.', "2027-12-31"),
    ("The sponsoring lasts from August 1, 2026 and ends July 31, 2029 (the \"Contract Period\").", "2029-07-31"),
    ("Contract Term: August 1, 2026 – July 31, 2029", "2029-07-31"),
    ("The contract starts on 1 August 2026 and runs for one year, ending July 31, 2027.", "2027-07-31"),
    ("This Agreement is effective from 1 May 2026 and continues, unless ended earlier, until April 30,2028.", "2028-04-30"),
    ("The engagement shall start on 3 March 2026 and end on 2 March 2027 (the \"Term\").", "2027-03-02"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), WRITTEN, ids=[text[:45] for text, _ in WRITTEN])
def test_an_end_that_is_written_is_read(text, day):
    end = term_end(text)
    assert (end["status"], end["date"], end["from"]) == ("found", day, TEXT)
    assert end["sentence"] in text


COUNTED = [
    ("The term of this Agreement commences on the Effective Date and continues for two (2) years.", "2028-01-31"),
    ("The initial term is eighteen months from the Effective Date.", "2027-07-31"),
    ("This Agreement remains in force until the third anniversary of the Effective Date, unless sooner terminated.", "2029-02-01"),
    ("The initial term shall be one year from the date first written above.", "2027-01-31"),
    ("The term of this contract is thirty-six (36) months.", "2029-01-31"),
    ("This Agreement shall be for a term of five years commencing on 1 March 2026.", "2031-02-28"),
    ('Unless terminated sooner, this Agreement continues in effect for a period of one (1) year thereafter (the "Initial Term").', "2027-01-31"),
    ("4. Term.\n\nTwo (2) years from the Effective Date.", "2028-01-31"),
    ("This Agreement, unless renewed or ended upon notice, shall continue for a term of four years.", "2030-01-31"),
    ("This Agreement shall expire on the date that is sixteen (16) months after the Effective Date.", "2027-05-31"),
    ("The pilot term is a period of 365 days from the Effective Date.", "2027-01-31"),
    ("This Agreement shall have an initial three (3) year term.", "2029-01-31"),
    ("Term: 24 months from the date of this Agreement.", "2028-01-31"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), COUNTED, ids=[text[:45] for text, _ in COUNTED])
def test_a_length_counts_from_the_start_that_another_sentence_gives(text, day):
    end = term_end(OPENING + text)
    assert (end["status"], end["date"], end["from"]) == ("found", day, LENGTH)


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ('"Effective Date" means April 1, 2026.', "2027-03-31"),
        ("The effective date of this Agreement shall be 1 April 2026.", "2027-03-31"),
        ('This Agreement takes effect on the date of the later signature (the "Effective Date"). /s/ Doe 30 March 2026 /s/ Roe 1 April 2026.', "2027-03-31"),
        ('This Agreement ("Agreement"), dated as of the 1st day of April, 2026, is between Acme and Globex.', "2027-03-31"),
        ('"Effective Date" means the date of the last signature. Signed: /s/ A. Doe, Date: 31 March 2026; /s/ B. Roe, Date: 1 April 2026.', "2027-03-31"),
    ],
)  # fmt: skip
def test_the_effective_date_is_found_where_the_contract_defines_it(start, day):
    assert term_end(f"{start} The term starts on the Effective Date and lasts for one year.")["date"] == day


def test_the_start_that_was_entered_counts_where_the_text_gives_none():
    text = "This Agreement begins on the Effective Date and continues for three years."
    end = term_end(text, effective_on=date(2025, 1, 15))
    assert (end["date"], end["from"], end["sentence"]) == ("2028-01-14", ENTERED, text)
    assert term_end(text)["from"] == "customer.renewalDate"
    assert term_end("Term: 60 months firm.", effective_on=date(2024, 7, 1))["date"] == "2029-06-30"
    defined = term_end(OPENING + text, effective_on=date(2025, 1, 15))
    assert (defined["date"], defined["from"]) == ("2029-01-31", LENGTH)


@pytest.mark.parametrize(
    "text",
    [
        "The term of this Agreement is two years from the first commercial sale.",
        "This Agreement continues for three years following the Launch Date.",
        "The term ends upon the later of three years from the Effective Date and the completion of the project.",
        'The contract takes effect upon the approval of the council (the "Effective Date"). The term is one year from the Effective Date.',
        '"Effective Date" means the day on which the authority approves this Agreement. The term is four years from the Effective Date.',
        "The initial term of this Agreement is two (3) years from the Effective Date.",
    ],
)
def test_an_end_that_hangs_on_an_event_is_not_computed(text):
    context = with_text(OPENING.replace(' (the "Effective Date")', "") + text, ends_on=None)
    contract = replace(context.contracts[0], effective_on=None)
    output = computed("contract_analysis", replace(context, contracts=(contract,)))
    assert output["termEnd"]["from"] == "customer.renewalDate"
    assert "termEnd" in [passage["clause"] for passage in output["unread"]]


@pytest.mark.parametrize(
    "text",
    [
        "The confidentiality obligations under this Agreement continue for five years after its termination.",
        "Each renewal term is two years.",
        "Invoices are due until March 31, 2028 under the terms of this Agreement.",
        "Either party may end this Agreement within one year of a change of control.",
        "The notice period is one month.",
        "This Agreement replaces the agreement which expires on December 31, 2027.",
        "Rights under this Agreement may not be used until June 30, 2027.",
        "This Agreement may be terminated by either party after two years from the Effective Date.",
    ],
)
def test_other_lengths_and_days_are_no_end_of_the_term(text):
    end = term_end(OPENING + text)
    assert end["from"] == "customer.renewalDate"


def test_dates_are_read_as_lawyers_and_scanners_write_them():
    assert dates("the 1s t day of may, 2026") == [date(2026, 5, 1)]
    assert dates("sept 9,2026 and 4/25/2026 and 25.4.2026") == [date(2026, 9, 9), date(2026, 4, 25), date(2026, 4, 25)]
    assert dates("july 2026") == []
    assert day_of_a_year("on october 1, 2026") is None
    assert day_of_a_year("by the 29th of february").in_year(2027) == date(2027, 2, 28)


def test_a_page_break_does_not_end_a_sentence():
    found, _ = sentences(
        "The parties renew the\n\n12\nAgreement for a year.\n\nFees are due.\n\nNotices\n\n1. go by mail."
    )
    assert [sentence.plain for sentence in found][:2] == [
        "the parties renew the 12 agreement for a year.",
        "fees are due.",
    ]


def test_the_order_form_gives_the_start_that_the_main_agreement_counts_from():
    main = "This Agreement begins on the Effective Date and continues for an initial term of two years."
    order = (
        "Order Form 7. Effective Date: 1 May 2026. Fees are payable yearly by the customer under the main agreement."
    )
    context = with_text(main, order, ends_on=None)
    contracts = tuple(replace(contract, effective_on=None) for contract in context.contracts)
    for documents in (contracts, contracts[::-1]):
        end = computed("contract_analysis", replace(context, contracts=documents))["termEnd"]
        assert (end["date"], end["sentence"], end["contractId"]) == ("2028-04-30", main, "k1")
