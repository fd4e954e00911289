"""Who may end a contract without a reason, after what notice, on what condition; and what is no such right."""

from __future__ import annotations

import pytest

from tests.workflows.customer_contexts import computed, with_text

UNREAD, ABSENT, CLASH = "unreadable", "not found", "contradictory"


def read(*texts):
    return computed("contract_analysis", with_text(*texts))["terminationForConvenience"]


OPEN = [
    ("Client may terminate this Agreement upon forty (40) days' written notice.", "customer", "40 days"),
    ("Either party may terminate this contract at any time by giving the other 100 days' notice.", "either", "100 days"),
    ("Either party may terminate on fifty days' notice.", "either", "50 days"),
    ("The Agreement may be cancelled by the vendor with a notice of two months.", "provider", "2 months"),
    ("Upon seven weeks' notice, Buyer may cancel this Agreement.", "customer", "7 weeks"),
    ("Supplier has the right to end this contract for any reason whatsoever on 45 days' notice.", "provider", "45 days"),
    ("The contract is terminable at will by either party.", "either", None),
    ("This Agreement remains in force until terminated by either party upon 75 days' prior notice.", "either", "75 days"),
    ("Each of the parties is free to end this contract with four weeks' notice.", "either", "4 weeks"),
    ("You can cancel at any time with a month's notice.", "customer", "1 month"),
    ("This Agreement may be terminated on 30 days' notice.", "either", "30 days"),
    ("The Agreement may, at the option of the Licensor, be terminated without cause on ten days' notice.", "provider", "10 days"),
    ("Client or Vendor may terminate this Agreement without cause on 15 days' notice.", "either", "15 days"),
    ("Each side may bring this contract to an end, with or without cause, on giving 42 days' notice.", "either", "42 days"),
    ("In the event either party desires to terminate this Agreement, it shall give the other 61 days' notice.", "either", "61 days"),
    ("A buyer wishing to terminate this Agreement must give six weeks' notice.", "customer", "6 weeks"),
    ("This Agreement will terminate 65 days after either party gives notice of termination.", "either", "65 days"),
    ("The term is one year, unless sooner terminated by either party upon 31 days' notice.", "either", "31 days"),
    ("Licensor or Licensee may terminate this Agreement upon 11 days' notice.", "either", "11 days"),
    ("Client, upon fourteen days' notice, may terminate this Agreement.", "customer", "14 days"),
    ("Orvo has the right, in its sole discretion, to terminate this Agreement by giving Distributor 62 days' notice.", None, "62 days"),
    ("If Vendor's terms change, they are sent; Orvo may terminate this Agreement at any time on 13 days' notice.", None, "13 days"),
    ("Orvo Ltd may terminate this Agreement on ninety days' notice.", None, "90 days"),
    (
        "Either party may terminate this Agreement: (a) for a breach that is not cured within 20 days; (b) at any time on 80 "
        "days' written notice; or (c) if the other is insolvent.",
        "either",
        "80 days",
    ),
    ("This Agreement may be terminated:\n(a) for breach;\n(b) by the client without cause on 25 days' notice;\n", "customer", "25 days"),
    (
        "Either party may terminate this Agreement without cause on 20 days' notice. No termination for any reason frees the "
        "client from paying.",
        "either",
        "20 days",
    ),
    ("Termination Without Cause. Either party may terminate this Agreement on 33 days' notice.", "either", "33 days"),
    ("14. TERMINATION FOR CONVENIENCE\n\nClient may terminate this Agreement for convenience on 12 days' notice.", "customer", "12 days"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "party", "notice"), OPEN, ids=[text[:50] for text, *_ in OPEN])
def test_a_right_to_leave_without_a_reason_is_read_with_party_and_notice(text, party, notice):
    found = read(text)
    assert (found["status"], found.get("allowed"), found.get("party"), found.get("notice")) == (
        "found",
        True,
        party,
        notice,
    )
    assert found["condition"] is None


CONDITIONS = [
    (
        "Client may terminate this Agreement for convenience on 30 days' notice, but only after the first three years.",
        "only after the first three years",
    ),
    (
        "Either party may terminate for any or no reason on 20 days' notice; however, Client may do so only in months that are "
        "not prepaid.",
        "only in months that are not prepaid",
    ),
    (
        "Client may terminate this Agreement on a year's notice if it pays a fee for leaving early.",
        "if it pays a fee for leaving early",
    ),
    (
        "After the Initial Term either party may terminate this Agreement without cause on 60 days' notice.",
        "After the Initial Term",
    ),
    (
        "Either party may terminate this Agreement on three months' notice to the end of a calendar quarter.",
        "to the end of a calendar quarter",
    ),
    (
        "Either party may terminate this contract with two months' notice, for the first time at the end of the second year.",
        "at the end of the second year",
    ),
    (
        "Buyer may cancel this contract on 10 days' notice, subject to payment of the work done.",
        "subject to payment of the work done",
    ),
]


@pytest.mark.parametrize(("text", "condition"), CONDITIONS, ids=[condition for _, condition in CONDITIONS])
def test_a_right_on_a_condition_names_it_in_the_contracts_words(text, condition):
    found = read(text)
    assert (found["status"], found["allowed"]) == ("found", True)
    assert found["condition"] in text
    assert found["condition"] == condition


NO_RIGHT = [
    "If the hosting is terminated for any reason, the client returns all keys.",
    "Upon termination of this Agreement for any reason all fees are due.",
    "Where this Agreement has been terminated for any reason, either party may keep one copy.",
    "Either party may terminate this Agreement at any time upon a breach by the other.",
    "This Agreement may be terminated at any time by mutual written agreement.",
    "The parties may terminate this Agreement by notice before the end of the term.",
    "Vendor may terminate this Agreement on 10 days' notice if the fees are not paid.",
    "Client may terminate on 30 days' notice for any of the following: a missed delivery; a strike; a loss of the licence.",
    "Either party may ask for any reasonable help on ten days' notice after the contract is terminated.",
    "Either party may decide by 60 days' notice before the end of the term not to renew.",
    "Client may terminate, without cause, any work order on five days' notice.",
    "Vendor may terminate a user's access at any time by notice.",
    "After two failures within a month Buyer may terminate this Agreement on ten days' notice.",
    "In the event of a change of control the other party may terminate this Agreement on 30 days' notice.",
    "Termination for Convenience.",
    "Upon the termination of this Agreement by either party on 30 days' notice, all fees are due.",
    "If Vendor raises its fees, Client may terminate this Agreement on 30 days' notice.",
    "If a party wishes to terminate for a breach, it shall give the other 30 days' notice.",
    "The subcontracts shall provide that the client may terminate them without cause on 30 days' notice.",
]


@pytest.mark.parametrize("text", NO_RIGHT)
def test_what_follows_from_an_ending_a_cause_or_another_object_is_no_right(text):
    assert read(text)["status"] == ABSENT


@pytest.mark.parametrize(
    "text",
    ["Termination for convenience is governed by Annex 4.", "Client may terminate this Agreement by paying a fee."],
)
def test_what_is_not_understood_is_unread_with_its_sentence(text):
    found = read(text)
    assert (found["status"], found["sentence"]) == (UNREAD, text)


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Neither party may terminate this Agreement without cause.", "either"),
        ("Client may not terminate this Agreement for convenience.", "customer"),
        ("There shall be no termination for convenience.", "either"),
    ],
)
def test_a_right_that_is_refused_is_read_as_refused(text, party):
    found = read(text)
    assert (found["status"], found["allowed"], found["party"]) == ("found", False, party)


def test_each_party_may_have_a_right_of_its_own():
    customer = "Client may terminate this Agreement for convenience on 15 days' notice."
    provider = "Vendor may terminate this Agreement for convenience on 150 days' notice."
    found = read(f"{customer} {provider}")
    assert (found["status"], found["party"], found["notice"]) == ("found", "either", None)
    assert found["rights"] == [
        {"party": "customer", "notice": "15 days", "condition": None, "sentence": customer},
        {"party": "provider", "notice": "150 days", "condition": None, "sentence": provider},
    ]
    assert "named" not in str(found)


def test_two_parties_under_their_own_names_do_not_contradict_each_other():
    found = read(
        "Orvo may terminate this Agreement on 15 days' notice. Brint may terminate this Agreement on 90 days' notice."
    )
    assert (found["status"], found["party"]) == ("found", None)
    assert [right["notice"] for right in found["rights"]] == ["15 days", "90 days"]


@pytest.mark.parametrize(
    "second",
    [
        "Client may terminate this Agreement for convenience on 20 days' notice.",
        "Neither party may terminate this Agreement for convenience.",
    ],
)
def test_two_notices_for_one_right_or_a_right_and_its_refusal_contradict_each_other(second):
    first = "Client may terminate this Agreement for convenience on 15 days' notice."
    found = read(f"{first} {second}")
    assert found["status"] == CLASH
    assert {candidate["sentence"] for candidate in found["candidates"]} == {first, second}


def test_the_refusal_of_one_party_does_not_touch_the_right_of_the_other():
    found = read(
        "Vendor may not terminate this Agreement for convenience. Client may terminate it without cause on 9 days' notice."
    )
    assert (found["status"], found["allowed"], found["party"], found["notice"]) == ("found", True, "customer", "9 days")


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("The contract stays in force for 2 years; the licence terminates at once upon a breach by the client.", None),
        ("Either party may terminate for a material breach that is not cured within 25 days of notice.", "25 days"),
        ("Either party may terminate this two-year Agreement if the other fails to remedy a breach within ten days.", "10 days"),
        ("This four-year contract may be terminated for a breach, after a period of fifteen days to cure it.", "15 days"),
        ("A party in breach has 12 days to put it right; failing that the other may end this contract.", "12 days"),
        ("Within the first 6 months either party may terminate for a breach.", None),
    ],
)  # fmt: skip
def test_the_time_to_cure_is_no_other_length(text, cure):
    cause = computed("contract_analysis", with_text(text))["terminationForCause"]
    assert (cause["status"], cause["cure"]) == ("found", cure)
