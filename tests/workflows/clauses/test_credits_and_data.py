"""The credits that a missed service level costs, and what happens to the customer's data at the end."""

from __future__ import annotations

import pytest

from tests.workflows.customer_contexts import computed, with_text


def read(clause, text):
    output = computed("contract_analysis", with_text(text))
    assert output["unread"] == []
    return output[clause]


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("If uptime falls below 99.5%, Vendor grants a service credit of 10% of the monthly fee.", 10.0),
        ("For each hour of downtime the client is credited with five percent (5%) of the month's charges.", 5.0),
        ("Service credits are set out in Annex 3.", None),
        ("If the portal is not available for a day, Vendor will credit the client with the fee of three days.", None),
    ],
)
def test_a_credit_is_read_with_its_share_of_the_fees(text, percent):
    found = read("serviceCredits", text)
    assert (found["status"], found["percent"], found["sentence"]) == ("found", percent, text)


@pytest.mark.parametrize(
    "text",
    [
        "Client pays by credit card.",
        "No service credits are due.",
        "Vendor may check the creditworthiness of Client, and the availability of its funds.",
        "Payment is by letter of credit for services that are available.",
    ],
)
def test_another_credit_is_none(text):
    assert read("serviceCredits", text)["status"] == "not found"


@pytest.mark.parametrize(
    ("text", "returned", "within"),
    [
        (
            "Upon termination, Vendor makes the customer data available for download for thirty (30) days.",
            True,
            "30 days",
        ),
        ("Within 45 days after this agreement ends, you may export your data.", True, "45 days"),
        ("On termination Vendor will return all of the client's records in a usual format.", True, None),
        ("After the end of the term Vendor deletes all customer data within 60 days.", False, "60 days"),
    ],
)
def test_what_happens_to_the_data_at_the_end_is_read(text, returned, within):
    found = read("dataReturn", text)
    assert (found["status"], found["returned"], found["within"]) == ("found", returned, within)


def test_a_sentence_that_gives_the_data_back_counts_more_than_one_that_deletes_it():
    text = (
        "After expiry Vendor deletes all customer data. Upon termination it exports the client's data within ten days."
    )
    assert (read("dataReturn", text)["returned"], read("dataReturn", text)["within"]) == (True, "10 days")


@pytest.mark.parametrize(
    "text",
    [
        "Vendor stores customer data in the EU.",
        "On termination each party returns the other's Confidential Information.",
        "Vendor returns the customer data of a test on request.",
    ],
)
def test_data_that_stays_or_secrets_are_no_return_at_the_end(text):
    assert read("dataReturn", text)["status"] == "not found"
