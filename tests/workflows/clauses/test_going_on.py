"""Notice, renewal and its length in many wordings, and what only looks like them."""

from __future__ import annotations

import pytest

from tests.workflows.customer_contexts import computed, with_text

ABSENT, UNREAD = "not found", "unreadable"


def read(clause, text):
    return computed("contract_analysis", with_text(text))[clause]


BY_ITSELF = [
    ("Upon expiry of the first term, the Agreement will renew automatically for one-year terms unless a party objects in writing.", 12),
    ("This contract is tacitly renewed for further periods of two years.", 24),
    ("The Subscription shall be automatically extended by successive terms of eighteen (18) months each.", 18),
    ("Following the Initial Term of four years, this Agreement shall continue on a year-to-year basis unless cancelled by either party.", 12),
    ("The term is two (2) years from the date hereof, and will automatically be renewed for one (1) additional six-month period.", 6),
    ("The initial term is three years, with automatic renewals of one year each unless notice is given.", 12),
    ("Thereafter the Agreement shall be extended for additional periods of one (1) year unless either party cancels by notice.", 12),
    ("If neither party gives notice of termination, the Order shall renew for another twelve months.", 12),
    ("At the end of each term this Agreement renews annually unless terminated with sixty days' notice.", 12),
    ("The Agreement shall thereafter continue from month to month until terminated by either party.", 1),
    ("Unless either party gives notice of its intention to end it, the term shall be prolonged for a three-year period.", 36),
    ("This Agreement shall be deemed renewed for consecutive quarterly periods unless a party declines in writing.", 3),
    ("The parties agree that this Agreement shall automatically renew for like terms. The initial term is for a period of two years.", 24),
    ("The Agreement renews automatically. Each Renewal Term shall be for a period of one (1) year.", 12),
    ("Renewals occur automatically every year. The Agreement automatically renews.", 12),
]  # fmt: skip


@pytest.mark.parametrize(("text", "months"), BY_ITSELF, ids=[text[:50] for text, _ in BY_ITSELF])
def test_a_contract_that_renews_by_itself_has_the_length_of_the_renewal(text, months):
    renewal = read("autoRenewal", text)
    assert (renewal["status"], renewal.get("renews"), renewal.get("termMonths")) == ("found", True, months)
    assert (renewal["byWish"], renewal["wish"], renewal["evergreen"]) == (False, None, False)


@pytest.mark.parametrize(
    "text",
    [
        "This Agreement is evergreen.",
        "The contract remains in force until it is terminated by either party.",
        "After the pilot the Agreement shall continue indefinitely.",
        "Following the first term this Agreement remains in effect until terminated by either party on notice.",
    ],
)
def test_a_contract_that_runs_until_it_is_ended_is_evergreen(text):
    renewal = read("autoRenewal", text)
    assert (renewal["renews"], renewal["evergreen"], renewal["termMonths"]) == (True, True, None)


BY_WISH = [
    ("The customer may extend the term by one more year.", "customer"),
    ("At the buyer's option this Agreement shall renew for a year.", "customer"),
    ("Client shall have the option to renew this Agreement for two further terms of one year.", "customer"),
    ("Vendor may, in its sole discretion, renew the subscription for another year.", "provider"),
    ("Either party may request an extension of the term.", "either"),
    ("The term may be extended by mutual written agreement of the parties.", "agreement"),
    ("This Agreement may only be renewed with the consent of both parties.", "agreement"),
    ("The Agreement shall renew for one-year periods if both parties agree in writing.", "agreement"),
    ("This Agreement shall expire after two years unless the parties agree in writing to extend it.", "agreement"),
    ("Any renewal of this Agreement requires a new order form signed by both sides.", "agreement"),
    ("The contract continues from year to year if such continuance is approved each year by the board.", "agreement"),
    ("Licensee is entitled to an extension of the licence term on the same conditions.", "customer"),
    ("Subscriber can prolong the contract by ordering again before its end.", "customer"),
    ("The Agreement shall be renewable for further years by mutual agreement.", "agreement"),
    ("The Agreement may be extended for two years at Licensee's sole option upon notice.", "customer"),
    ("Globex has the right to renew the Agreement for another year.", "unclear"),
]


@pytest.mark.parametrize(("text", "wish"), BY_WISH, ids=[text[:50] for text, _ in BY_WISH])
def test_a_renewal_by_option_or_agreement_is_none_by_itself_and_names_whose_wish_it_takes(text, wish):
    renewal = read("autoRenewal", text)
    assert (renewal["status"], renewal.get("renews"), renewal.get("byWish")) == ("found", False, True)
    assert renewal["wish"] == wish


@pytest.mark.parametrize(
    "text",
    [
        "The indemnity under this Agreement shall extend to officers and agents.",
        "The warranty shall not extend to misuse of the services.",
        "All deadlines under this Agreement shall be extended by the length of the delay.",
        "The delivery date shall automatically be extended by the time of a force majeure event.",
        "The Agreement continues for three years unless terminated earlier.",
        "This Agreement shall remain in force for two years unless sooner terminated.",
        "No waiver is a continuing waiver unless it is given in writing by notice.",
        "Insurance policies shall be renewed each year.",
        "The term of this Agreement shall extend for a period of nine years.",
        "The limitation period shall be extended for an additional year.",
        "Vendor may extend credit to Client upon notice.",
        "The Term is for the period of the project unless terminated or extended as set forth in this Agreement.",
        "The confidentiality obligations shall continue until terminated in writing.",
    ],
)
def test_what_goes_on_is_not_the_contract(text):
    assert read("autoRenewal", text)["status"] == ABSENT


@pytest.mark.parametrize(
    "text",
    [
        "This Agreement shall not be extended or renewed.",
        "There shall be no renewal of this Agreement.",
        "The contract is not subject to automatic renewal.",
        "The licence term ends after a year and shall not be renewable.",
    ],
)
def test_a_contract_that_does_not_renew_at_all_is_no_renewal_by_wish(text):
    renewal = read("autoRenewal", text)
    assert (renewal["status"], renewal.get("renews"), renewal.get("byWish")) == ("found", False, False)


def test_a_renewal_that_hangs_on_a_condition_is_not_understood():
    text = "This Agreement will be extended for one additional year if Distributor meets its targets."
    assert read("autoRenewal", text)["status"] == UNREAD


def test_what_the_parties_may_agree_besides_does_not_stop_a_renewal_by_itself():
    text = "The Agreement renews automatically for one year. The parties may extend the term by mutual agreement."
    assert read("autoRenewal", text)["renews"] is True


def test_a_renewal_that_another_sentence_denies_is_contradictory():
    text = "The Agreement renews automatically for one year. This Agreement shall not be renewed."
    assert read("autoRenewal", text)["status"] == "contradictory"


NOTICES = [
    ("It renews each year unless a party gives forty-five (45) days' notice not to renew.", "45 days"),
    ("The contract renews automatically for a year unless Client cancels at least 75 days before the term ends.", "75 days"),
    ("It is renewed automatically for one year unless either party notifies the other. Such notice must be given seventy (70) days "
     "before the expiration of the term.", "70 days"),
    ("The Agreement renews automatically for a year. A three months' notice must be given by a party that intends to end it.", "3 months"),
    ("The initial term is a year. Thereafter it continues from month to month until one party gives 40 days' notice.", "40 days"),
    ("The Agreement renews automatically for a year. After the initial term, either party may terminate it on two months' notice.", "2 months"),
    ("The Agreement shall automatically be renewed for a year unless a party gives notice of its intention not to renew the\n\n7 "
     "Agreement, which notice must be given at least twenty-five (25) days before the end of the term.", "25 days"),
    ("If Client fails to notify Vendor at least six (6) weeks before the renewal date, this Agreement will automatically renew for a year.", "6 weeks"),
    ("Unless written notice to the contrary is given fifty days prior to the end of the then current term, it shall be renewed for one year.", "50 days"),
    ("This Agreement may be terminated by either party as of the end of any term by giving 35 days' notice before the end of that term.", "35 days"),
    ("It renews automatically for a year unless a party gives notice on or before the eightieth (80th) day prior to its end.", "80 days"),
    ("After the first term the Agreement will convert to a month-to-month contract, terminable on twelve days' notice.", "12 days"),
    ("It renews automatically by one year at a time unless terminated by either party no later than 5 months before the expiration date.", "5 months"),
    ("It renews for one year each unless a party, not more than 90 and not less than thirty (30) days before its end, objects in writing.", "30 days"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "period"), NOTICES, ids=[period for _, period in NOTICES])
def test_the_notice_against_a_renewal_is_read_wherever_it_stands(text, period):
    notice = read("notice", text)
    assert (notice["status"], notice.get("period")) == ("found", period)
    assert notice["sentence"] in text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The Agreement renews automatically for a year unless a party cancels it by notice on or before March 1.", "2027-03-01"),
        ("It is renewed automatically each year unless Client gives notice not later than the 15th of September.", "2026-09-15"),
        ("The Agreement renews for a year unless either party objects in writing before April 30th of that year.", "2027-04-30"),
    ],
)  # fmt: skip
def test_a_notice_by_a_day_of_the_year_is_due_by_the_last_such_day_before_the_end(text, day):
    notice = read("notice", text)
    assert (notice["status"], notice["noticeDate"], notice["amount"]) == ("found", day, None)
    assert notice["period"].startswith("by ")


@pytest.mark.parametrize(
    ("text", "period", "day"),
    [
        ("Either party may terminate with two months' notice to the end of a calendar year; otherwise it is renewed.", "2 months", "2027-10-31"),
        ("Either party may give notice of six weeks to the end of each calendar year; otherwise it is extended by a year.", "6 weeks", "2027-11-19"),
    ],
)  # fmt: skip
def test_a_notice_to_the_end_of_a_calendar_year_counts_from_there(text, period, day):
    notice = read("notice", text)
    assert (notice["status"], notice["period"], notice["noticeDate"]) == ("found", period, day)


@pytest.mark.parametrize(
    "text",
    [
        "Client may extend the term by a year if Vendor has its notice sixty days before the end of the term.",
        "Insurance shall not be cancelled or not renewed without thirty days' prior written notice to Client.",
        "If Client terminates this Agreement, it stops using the software at the end of the thirty (30) day notice period.",
        "Upon expiration of the term, Client returns all keys within thirty days of a notice.",
        "Either party may terminate this Agreement for a breach that is not cured within 30 days of notice before the end of the term.",
        "The default continues for 30 days following notice unless it is remedied.",
        "Fees may rise at a renewal if Vendor gives ninety days' notice before the renewal.",
    ],
)
def test_other_notices_are_none_against_a_renewal(text):
    assert read("notice", text)["status"] == ABSENT
