"""How far the price may rise: a limit with an exception is none that a price can be held to, and other percentages are none."""

from __future__ import annotations

import pytest

from tests.workflows.customer_contexts import computed, walked, with_text

UNREAD, ABSENT, CLASH = "unreadable", "not found", "contradictory"


def read(text):
    return computed("contract_analysis", with_text(text))["priceCap"]


EXCEPTED = [
    "At a renewal the fees may rise by up to 6%, unless Vendor tells Client of other pricing 40 days ahead.",
    "Rates will not rise by more than 7% in a renewal term. Where its costs ask for it, Vendor may raise them by more than 7%.",
    "Fees will not increase by more than 5% at a renewal, except for hosting.",
    "Fees will not increase by more than 5% at a renewal. This limit does not apply to support.",
    "The renewal fee shall not exceed that of the last term by more than 4%, provided that the volume stays the same.",
    "Renewal prices may increase by no more than 9%. However, the price of storage may increase by more than 9%.",
    "The fees increase at each renewal in steps of 3%.",
]


@pytest.mark.parametrize("text", EXCEPTED)
def test_a_cap_with_an_exception_is_none_that_a_price_can_be_held_to(text):
    cap = read(text)
    assert cap["status"] == UNREAD
    assert "limitPercent" not in cap


@pytest.mark.parametrize("text", EXCEPTED[:4])
def test_no_price_is_held_to_a_cap_with_an_exception(text):
    cap = walked(with_text(text))["pricing"]["cap"]
    assert cap["limitPercent"] is None
    assert "could not be read" in cap["text"]


EXACT = [
    ("Vendor may at its sole discretion charge additional fees for travel. Renewal fees will not increase by more than 2%.", 2.0),
    ("Additional work is billed at standard rates. Renewal fees will not increase by more than 4%.", 4.0),
    ("The agreement renews for a year at 106% of the current fees, unless a party gives notice 30 days before.", 6.0),
    ("It is renewed at one hundred and seven percent (107%) of the previous fees.", 7.0),
    ("Prices may go up once a year if the rise does not exceed 3% of last year's prices and is told 80 days ahead.", 3.0),
    ("Renewal pricing may increase by an amount not to exceed 8% of the earlier fee. Invoices are sent up to 50 days before.", 8.0),
    ("The fee of the renewal is the yearly fee of the last year plus three percent, and is fixed for all of it.", 3.0),
    ("Fees rise by no more than 1%. Use after the term without a renewal is charged at list prices.", 1.0),
    ("Annual increases of the subscription fee are capped at five percent (5%).", 5.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "limit"), EXACT, ids=[str(limit) for _, limit in EXACT])
def test_a_cap_is_read_beside_other_charges_and_other_numbers(text, limit):
    cap = read(text)
    assert (cap["status"], cap["limitPercent"]) == ("found", limit)


@pytest.mark.parametrize(
    "text",
    [
        "The fees of the law firm shall not exceed 20% of the sum in dispute.",
        "The flow rate is adjusted and shall not exceed 80% of the maximum.",
        "The internal rate of return shall not exceed 12%, and fee items shall not exceed those above.",
        "A fixed fee is paid for the setup.",
        "The exchange rate of the invoice is adjusted when it moves by more than 5%.",
        "The price of a resale is set by Reseller, who may change it at its sole discretion for its own customers.",
        "Prices are reduced by a discount of up to 15%.",
        "Expenses charged shall not exceed 10% of the fees.",
        "The error rate shall not exceed 1%.",
        "Late amounts are charged with an increase of 2% interest a month.",
    ],
)
def test_prices_in_another_sense_and_other_percentages_are_no_cap(text):
    assert read(text)["status"] == ABSENT


@pytest.mark.parametrize(
    "text",
    [
        "It renews for a year at 106% of the current fees. Annual increases of the fees shall not exceed 4%.",
        "Renewal fees will not increase by more than 3%. The fees of each renewal are capped at 6%.",
    ],
)
def test_two_limits_contradict_each_other(text):
    cap = read(text)
    assert cap["status"] == CLASH
    assert len(cap["candidates"]) == 2


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("For a continuation the yearly remuneration may rise by 6 percent at most.", 6.0),
        ("For the next order the price may be put up by no more than two per cent.", 2.0),
        ("The price of a further year may lie up to 7 % above the present one.", 7.0),
        ("In a following order the fee may be higher by six per cent at the most.", 6.0),
        ("The yearly fee of a renewal is limited to 102% of the present one.", 2.0),
        ("The fees will not go up in the first renewal year.", 0.0),
        ("The prices of clause 7.4 are held for the first renewal year.", 0.0),
        ("Vendor keeps these prices for the next three orders.", 0.0),
        ("Next price. In a second year no more than 9% above.", 9.0),
    ],
)
def test_a_limit_is_read_in_the_words_of_short_orders(text, limit):
    cap = read(text)
    assert (cap["status"], cap["limitPercent"]) == ("found", limit)
    assert cap["sentence"] in text


@pytest.mark.parametrize(
    "text",
    [
        "The fee may be put up by the change of the consumer prices index, but by no more than two per cent.",
        "The price may be adapted to the consumer price index, at most by 2 %.",
    ],
)
def test_an_index_under_a_limit_is_one_at_most(text):
    cap = read(text)
    assert (cap["basis"], cap["limitPercent"], cap["limitIs"]) == ("lesser_of", 2.0, "at most")


@pytest.mark.parametrize(
    "text",
    [
        "Fees. The services are available for no less than 99% of each month.",
        "The charge of the battery may go up to 90 % within an hour.",
        "The vendor keeps this order for the next two years.",
    ],
)
def test_what_is_no_price_has_no_limit(text):
    assert read(text)["status"] == "not found"
