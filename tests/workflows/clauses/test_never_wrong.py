"""No contract is said to mean the opposite, or to hold what it does not; what names a matter and is not understood is said so."""

from __future__ import annotations

import pytest

from tests.workflows.customer_contexts import computed, with_text

UNREAD, ABSENT, CLASH = "unreadable", "not found", "contradictory"


def read(clause, text):
    return computed("contract_analysis", with_text(text))[clause]


RENEWS = [
    (
        "Once the first term expires, the Agreement will automatically renew for one-year terms unless a party objects in "
        "writing sixty days before its end.",
        12,
    ),
    ("The contract shall automatically be renewed for two years.", 24),
    ("Failing such a notice, this Agreement will automatically continue for one additional year.", 12),
    ("Auto-renews for successive 18-month periods.", 18),
    ("The Agreement has an initial term of five (5) years and renews automatically for periods of one (1) year.", 12),
    ("Either side may end the contract with a month's notice; otherwise it is extended by one year.", 12),
    (
        "The vendor's duty to host old data expires after six months unless the parties agree otherwise in writing. "
        "The subscription is automatically renewed for terms of one year.",
        12,
    ),
]


@pytest.mark.parametrize(("text", "months"), RENEWS, ids=[text[:40] for text, _ in RENEWS])
def test_a_contract_that_renews_by_itself_is_never_said_not_to(text, months):
    renewal = read("autoRenewal", text)
    assert (renewal["status"], renewal.get("renews"), renewal.get("termMonths")) == ("found", True, months)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The indemnity under this Agreement shall extend to officers and agents.", ABSENT),
        ("The warranty shall not extend to misuse of the services.", ABSENT),
        ("The contract is renewed in line with the schedule of the group.", UNREAD),
        ("The Agreement continues for three years unless terminated earlier.", ABSENT),
    ],
)
def test_a_renewal_of_something_else_or_by_wish_is_no_renewal_by_itself(text, status):
    assert read("autoRenewal", text)["status"] == status


NOTICES = [
    ("This Agreement renews automatically for a year unless the client gives notice at least 45 days before the term ends.", "45 days"),
    ("The contract renews unless a party gives twenty days' prior written notice that it does not intend to renew.", "20 days"),
    ("It renews for a month unless Client or Vendor tells the other ten days before the current period ends.", "10 days"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "period"), NOTICES, ids=[period for _, period in NOTICES])
def test_a_notice_before_the_term_ends_or_before_a_renewal_is_read(text, period):
    notice = read("notice", text)
    assert (notice["status"], notice.get("period")) == ("found", period)


@pytest.mark.parametrize(
    "text",
    [
        "The Agreement renews automatically for a year unless a party cancels it by a timely notice.",
        "Either party may terminate with three months' notice to the end of a quarter; otherwise it is renewed.",
        "The subscription renews unless the client objects in good time.",
    ],
)
def test_a_notice_that_is_not_understood_is_unread_with_its_sentence_and_has_no_date(text):
    output = computed("contract_analysis", with_text(text))
    assert (output["notice"]["status"], output["notice"]["sentence"]) == (UNREAD, text)
    assert "noticeDate" not in output["notice"]
    assert "notice" in [one["clause"] for one in output["unread"]]


@pytest.mark.parametrize(
    "text",
    [
        "If the client terminates under this section, it deletes the software at the end of the thirty (30) day notice period.",
        "The negotiations are not to extend beyond ninety (90) days from a notice of election.",
        "The customer may extend the term by a year if the vendor has its notice sixty days before the end of the term.",
    ],
)
def test_what_is_no_notice_against_a_renewal_gets_no_date(text):
    assert read("notice", text)["status"] == ABSENT


LEAVES = [
    ("Client may terminate this Agreement upon forty (40) days' written notice.", "customer", "40 days"),
    (
        "Either party may terminate this contract at any time by giving the other 100 days' notice.",
        "either",
        "100 days",
    ),
    (
        "Either party may terminate this Agreement without cause on 20 days' notice. No termination for any reason frees the "
        "client from paying.",
        "either",
        "20 days",
    ),
]


@pytest.mark.parametrize(("text", "party", "notice"), LEAVES, ids=[notice for *_, notice in LEAVES])
def test_a_right_to_leave_by_notice_alone_is_one_without_a_reason(text, party, notice):
    found = read("terminationForConvenience", text)
    assert (found["status"], found.get("allowed"), found.get("party"), found.get("notice")) == (
        "found",
        True,
        party,
        notice,
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("If the hosting is terminated for any reason, the client returns all keys.", ABSENT),
        ("Upon termination of this Agreement for any reason all fees are due.", ABSENT),
        ("Either party may terminate this Agreement at any time upon a breach by the other.", ABSENT),
        ("This Agreement may be terminated at any time by mutual written agreement.", ABSENT),
        ("The parties may terminate this Agreement by notice before the end of the term.", ABSENT),
        ("Client may terminate this Agreement for convenience, but only after the first three years.", UNREAD),
        ("Either party may terminate for any or no reason; however, Client may not in a prepaid period.", UNREAD),
        ("Client may terminate this Agreement on a year's notice if it pays a fee for leaving early.", UNREAD),
        ("Termination for convenience is governed by Annex 4.", UNREAD),
        ("Client may terminate this Agreement by paying a fee.", UNREAD),
    ],
)
def test_an_effect_or_a_condition_is_no_open_right_to_leave(text, status):
    assert read("terminationForConvenience", text)["status"] == status


def test_each_party_may_have_a_right_of_its_own():
    customer = "Client may terminate this Agreement for convenience on 15 days' notice."
    provider = "Vendor may terminate this Agreement for convenience on 150 days' notice."
    found = read("terminationForConvenience", f"{customer} {provider}")
    assert (found["status"], found["party"], found["notice"]) == ("found", "either", None)
    assert found["rights"] == [
        {"party": "customer", "notice": "15 days", "sentence": customer},
        {"party": "provider", "notice": "150 days", "sentence": provider},
    ]
    clash = f"{customer} Client may terminate this Agreement for convenience on 20 days' notice."
    assert read("terminationForConvenience", clash)["status"] == CLASH


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("The contract stays in force for 2 years; the licence terminates at once upon a breach by the client.", None),
        ("Either party may terminate for a material breach that is not cured within 25 days of notice.", "25 days"),
        (
            "Either party may terminate this two-year Agreement if the other fails to remedy a breach within ten days.",
            "10 days",
        ),
    ],
)
def test_the_time_to_cure_is_no_other_length(text, cure):
    cause = read("terminationForCause", text)
    assert (cause["status"], cause["cure"]) == ("found", cure)


def test_an_ending_for_a_breach_that_gives_no_right_is_unread():
    cause = read("terminationForCause", "Termination does not waive any claim for a breach.")
    assert cause["status"] == UNREAD


@pytest.mark.parametrize(
    "text",
    [
        "At a renewal the fees may rise by up to 6%, unless Vendor tells Client of other pricing 40 days ahead.",
        "Rates will not rise by more than 7% in a renewal term. Where its costs ask for it, Vendor may raise them by more than 7%.",
        "Fees will not increase by more than 5% at a renewal, except for hosting.",
        "The fees increase at each renewal in steps of 3%.",
    ],
)  # fmt: skip
def test_a_cap_with_an_exception_is_none_that_a_price_can_be_held_to(text):
    cap = read("priceCap", text)
    assert cap["status"] == UNREAD
    assert "limitPercent" not in cap


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("Vendor may at its sole discretion charge additional fees for travel. Renewal fees will not increase by more than 2%.", 2.0),
        ("Additional work is billed at standard rates. Renewal fees will not increase by more than 4%.", 4.0),
        ("The agreement renews for a year at 106% of the current fees, unless a party gives notice 30 days before.", 6.0),
    ],
)  # fmt: skip
def test_what_is_said_of_other_charges_does_not_free_the_price(text, limit):
    cap = read("priceCap", text)
    assert (cap["status"], cap["limitPercent"]) == ("found", limit)


def test_a_price_of_the_renewal_beside_a_lower_limit_is_a_contradiction():
    text = "It renews for a year at 106% of the current fees. Annual increases of the fees shall not exceed 4%."
    assert read("priceCap", text)["status"] == CLASH


def test_a_term_that_is_not_understood_is_said_so_where_the_customers_date_stands_for_it():
    text = "The initial term of this Agreement runs for as long as the schedule says."
    output = computed("contract_analysis", with_text(text, ends_on=None))
    assert output["termEnd"]["from"] == "customer.renewalDate"
    [told] = [one for one in output["unread"] if one["clause"] == "termEnd"]
    assert text in told["why"]
    entered = computed("contract_analysis", with_text(text))
    assert [one for one in entered["unread"] if one["clause"] == "termEnd"] == []
    assert computed("contract_analysis", with_text("Fees are due in thirty days.", ends_on=None))["unread"] == []
