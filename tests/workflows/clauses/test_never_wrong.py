"""No contract is said to mean the opposite, or to hold what it does not; what names a matter and is not understood is said so."""

from __future__ import annotations

import pytest

from tests.workflows.customer_contexts import computed, with_text

UNREAD, ABSENT = "unreadable", "not found"


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
        "The talks may not run on for longer than eighty (80) days after a notice of election.",
        "The customer may extend the term by a year if the vendor has its notice sixty days before the end of the term.",
    ],
)
def test_what_is_no_notice_against_a_renewal_gets_no_date(text):
    assert read("notice", text)["status"] == ABSENT


def test_an_ending_for_a_breach_that_gives_no_right_is_unread():
    cause = read("terminationForCause", "Termination does not waive any claim for a breach.")
    assert cause["status"] == UNREAD


def test_a_term_that_is_not_understood_is_said_so_where_the_customers_date_stands_for_it():
    text = "The initial term of this Agreement runs for as long as the schedule says."
    output = computed("contract_analysis", with_text(text, ends_on=None))
    assert output["termEnd"]["from"] == "customer.renewalDate"
    [told] = [one for one in output["unread"] if one["clause"] == "termEnd"]
    assert text in told["why"]
    entered = computed("contract_analysis", with_text(text))
    assert [one for one in entered["unread"] if one["clause"] == "termEnd"] == []
    assert computed("contract_analysis", with_text("Fees are due in thirty days.", ends_on=None))["unread"] == []
