"""The samples: all ten stages, every edge, real contracts, and twice is once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.workflows import renewal_days, sample_data, seeding, stages
from services.workflows.models import Contact, Contract, Customer, replicas
from tests.conftest import NOON
from tests.workflows.conftest import customer_named, live_in, refresh

pytestmark = pytest.mark.usefixtures("database")


def test_the_samples_cover_every_stage_and_every_edge_of_a_band(samples):
    days = {renewal_days.days_to_renewal(row, NOON) for row in Customer.select()}
    assert {180, 179, 150, 149, 120, 119, 15, 14, 7, 6, 0, -1} <= days
    assert {stages.for_days(one).key for one in days} == {stage.key for stage in stages.STAGES}


def test_there_are_enough_of_them_with_contracts_as_text(samples):
    assert Customer.select().count() >= 12
    assert Contact.select().count() == 40
    texts = {row.text for row in Contract.select()}
    assert len(texts) >= 12
    assert not any("{" in text and "}" in text and "{customer}" in text for text in texts)


def test_zones_on_both_sides_of_the_date_line_count_their_own_days(settings):
    late = NOON.replace(hour=11, minute=30)  # in Auckland it is the next day already
    seeding.seed(settings, late)
    for name, days in (("Kauri Health", 240), ("Aoraki Outdoors", 0), ("Mesa Robotics", 168), ("Pacific Kelp", 6)):
        assert renewal_days.days_to_renewal(customer_named(name), late) == days


def test_seeding_twice_is_once_and_leaves_what_people_changed(settings, samples):
    row = customer_named()
    row.write(name="Renamed")
    before = {one.id: one.version for model in (Customer, Contact) for one in model.select()}
    seeding.seed(settings, NOON + timedelta(days=3))
    assert {one.id: one.version for model in (Customer, Contact) for one in model.select()} == before
    assert refresh(row).name == "Renamed"


def test_the_monitors_word_on_the_tenant_is_newer_than_the_samples(settings):
    live_in(zone="Europe/Berlin")
    seeding.seed(settings, NOON)
    assert replicas.tenants.region("demo").time_zone == "Europe/Berlin"


def test_the_crms_ids_look_like_its_own(samples):
    assert all(
        len(row.salesforce_opportunity_id) == 18 and row.salesforce_opportunity_id.startswith("006")
        for row in Customer.select()
    )
    assert all(len(row.salesforce_id) == 18 and row.salesforce_id.startswith("003") for row in Contact.select())


def test_the_samples_hold_the_awkward_cases(samples):
    emails = [row.email for row in Contact.select()]
    assert len({email.casefold() for email in emails}) < len(emails)
    assert any(row.opted_out for row in Contact.select())
    sarah = Contact.get(Contact.name == "Sarah Chen")
    assert (sarah.status, Contact.get_by_id(sarah.successor_id).name) == ("departed", "Eric Estrada")
    assert (
        len({one.id for sample in sample_data.read("demo", "UTC", None, NOON) for one in [Customer(**sample.customer)]})
        == 19
    )
