"""Obstacles: what is one, and what only sounds like one."""

from __future__ import annotations

import pytest

from services.workflows.clauses.obstacles import OBSTACLES
from tests.workflows.customer_contexts import computed, with_text

FOUND = {
    "most_favoured_customer": [
        "Customer shall receive most favored nation pricing.",
        "The fees shall be no less favourable than those that Vendor charges any other customer.",
        "Vendor will not charge Client higher rates than it charges other clients of the same size.",
        "If Vendor offers a lower price to another buyer, it shall offer that price to Client from the same day.",
        "Client gets the lowest rate that Vendor offers to any other client.",
        "The prices shall be no higher than other customers pay.",
    ],
    "most_favoured_terms": [
        "The terms of support shall be no less favourable than those granted to any other customer.",
        "If Vendor grants better conditions to a third party, it shall extend them to Client.",
    ],
    "unlimited_liability": [
        "Provider's liability under this Section shall be unlimited.",
        "There is no limit of liability under this Agreement.",
    ],
    "uncapped_exceptions": [
        "Except for its indemnity under Section 8, neither party is liable for indirect or consequential damages.",
        "Save in the case of gross negligence, Vendor's total liability shall not exceed the fees of one year.",
        "The limits of this section shall not apply to a breach of confidentiality or to fraud.",
        "Nothing in this Agreement limits a party's liability for death or personal injury.",
        "In no event shall a party be liable for lost profits, other than for a breach of Section 11.",
        "Breaches of confidentiality are excluded from the limits of liability above.",
    ],
    "assignment_consent": [
        "Neither party may assign this Agreement without the prior written consent of the other.",
        "Client may not assign its rights or delegate its duties, by operation of law or otherwise, to anybody at all "
        "without first having the express and signed written approval of Vendor.",
        "This Agreement is personal and shall not be assignable.",
        "Any attempted assignment of this Agreement in violation of this section is null and void.",
        "An assignment of this contract requires the consent of the other party.",
        "No right or obligation under this Agreement may be transferred by Buyer.",
        "Without Vendor's permission, which it may not withhold unreasonably, Client shall not transfer this Agreement.",
        "Vendor may terminate this Agreement upon a change of control of Client.",
        "A merger of Client is deemed an assignment and needs the consent of Vendor.",
        "A change in ownership of more than half of either party must be approved by the other.",
    ],
    "exclusivity": [
        "Vendor appoints Reseller as its exclusive reseller in Norway.",
        "Client shall purchase the services exclusively from Vendor.",
        "Licensor grants Licensee an exclusive, non-transferable licence to sell the titles.",
        "During the term Vendor shall not sell the product to any other retailer in the region.",
        "Client shall not enter into an agreement with another provider for similar services.",
        "Supplier is the sole supplier of Buyer for these goods.",
        "Exclusivity. The rights of this section are granted to Client alone.",
        "Vendor works only with Client in the insurance sector.",
        "Neither party shall, during the term, market a service that competes with the portal.",
        "Publisher will not license the titles to anybody else for two years.",
        "Buyer orders spare parts only from Supplier.",
        "Client shall buy all of its requirements of toner from Vendor.",
    ],
    "minimum_commitment": [
        "Client shall purchase at least 400 licences in every year of the term.",
        "The minimum annual fee is EUR 20,000.",
        "Reseller guarantees a minimum of 30 orders per quarter.",
        "If less is used, Client pays the shortfall amount at the end of the year.",
        "The fees shall be no less than $2,000 per month.",
        "Buyer's minimum purchase commitment is stated in Annex 2.",
        "Client commits to spend EUR 90,000 a year.",
        "Annual royalties shall in no year fall below $40,000.",
        "The volumes are sold on a take-or-pay basis.",
    ],
    "price_lock": ["Fees are locked for each renewal term.", "The prices shall remain fixed for all successive terms."],
    "registered_mail": ["Notices are valid only if sent by registered mail."],
    "data_residency_penalty": ["All Customer data shall remain in the EU; a breach of this clause carries a penalty of USD 50,000."],
    "funding_out": ["If funds are not appropriated, Customer may terminate."],
    "renewal_approval": ["Any renewal requires approval by the Customer's procurement committee."],
}  # fmt: skip

NONE_OF = [
    ("most_favoured", "Nothing herein grants most favored customer status."),
    (
        "most_favoured",
        "Vendor may assign this Agreement on terms no less favourable than those of any other assignment.",
    ),
    ("most_favoured", "The service level is no lower than 99 %."),
    ("unlimited", "In no event shall liability be unlimited."),
    ("unlimited", "A person is a company, a partnership or an unlimited liability company."),
    ("uncapped", "Neither party is liable for indirect damages."),
    (
        "uncapped",
        "Neither party is liable for indirect damages from the services provided or from a breach of contract.",
    ),
    (
        "uncapped",
        "Except as expressly set forth here, no party is liable for lost profits, also not for those of a breach.",
    ),
    ("uncapped", "Client is not liable for taxes, except those on its income."),
    ("uncapped", "A person is a company, a partnership or an unlimited liability company."),
    ("assignment", "Either party may assign this Agreement without the consent of the other."),
    ("assignment", "Vendor shall not assign other engineers to the project without the consent of Client."),
    ("assignment", "Nothing in this Agreement prevents a party from assigning its claims for payment."),
    ("assignment", "The contractor hereby assigns all rights in the work to Client."),
    ("assignment", "This Agreement binds the successors and assigns of the parties."),
    ("exclusiv", "Licensor grants a non-exclusive licence to use the software."),
    ("exclusiv", "The courts of Oslo have exclusive jurisdiction."),
    ("exclusiv", "A credit is the client's sole and exclusive remedy."),
    ("exclusiv", "Fees are exclusive of taxes."),
    ("exclusiv", "This Agreement is not exclusive, and each party may deal with others."),
    ("exclusiv", "The software remains the exclusive property of Vendor."),
    ("exclusiv", "Client shall not disclose the documents to any other company."),
    ("minimum", "Vendor keeps insurance with a minimum coverage of $1,000,000."),
    ("minimum", "Client shall give at least thirty (30) days' notice."),
    ("minimum", "The parties shall meet at least four times a year."),
    ("minimum", "Support is available at least eight hours a day."),
    ("most_favoured", "Prices are reviewed each year and may be lowered."),
    ("most_favoured", "Better prices may be agreed with other customers."),
    ("exclusiv", "Client is free to use other suppliers."),
    ("minimum", "There is no minimum commitment."),
    ("minimum", "Vendor shall keep the portal up at least 99 % of the time."),
    ("price_lock", "The fees of the law firm are paid in each year by the party that asked it."),
    ("price_lock", "A fixed fee is paid for each renewal notice that is late."),
]


def read(text):
    return computed("contract_analysis", with_text(text))["obstacles"]


@pytest.mark.parametrize(
    ("key", "text"), [(key, text) for key, texts in FOUND.items() for text in texts], ids=lambda value: value[:60]
)
def test_an_obstacle_is_found_with_its_sentence(key, text):
    [found] = [obstacle for obstacle in read(text) if obstacle["key"] == key]
    assert found["sentence"] in text


@pytest.mark.parametrize(("key", "text"), NONE_OF, ids=[f"{key} {text[:50]}" for key, text in NONE_OF])
def test_what_only_sounds_like_an_obstacle_is_none(key, text):
    assert [obstacle["key"] for obstacle in read(text) if key in obstacle["key"]] == []


def test_a_sentence_with_one_obstacle_gives_no_other():
    for key in ("unlimited_liability", "registered_mail", "exclusivity", "minimum_commitment", "assignment_consent"):
        assert [obstacle["key"] for obstacle in read(FOUND[key][0])] == [key]


def test_what_is_usual_in_a_contract_is_not_critical_so_that_no_plan_grows_by_it():
    text = " ".join(
        FOUND[key][0] for key in ("uncapped_exceptions", "assignment_consent", "exclusivity", "minimum_commitment")
    )
    output = computed("contract_analysis", with_text(text))
    assert len(output["obstacles"]) == 4
    assert output["criticalObstacles"] == 0


def test_every_kind_has_a_key_of_its_own_and_a_severity_that_is_known():
    assert len({obstacle.key for obstacle in OBSTACLES}) == len(OBSTACLES)
    assert {obstacle.severity for obstacle in OBSTACLES} == {"critical", "high", "medium"}
