"""Tenants and people: added, changed, published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from services.monitor import people, seeding, sessions
from services.monitor.models import ALL_TENANTS, acts, database, feed
from services.monitor.models import people as rows
from services.monitor.models.people import Person
from shared.contracts.kinds import KINDS
from shared.database.connection import is_postgres, session
from shared.ground import ids
from shared.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shared.ground.principal import ROLES, Principal
from tests.conftest import NOON


def by(role="admin", tenant="demo", person_id="boss"):
    return Principal("person", person_id, "Boss", tenant, roles=frozenset({role}))


@pytest.fixture
def samples(monitor):
    seeding.seed(NOON)


def ana():
    return people.find("demo", ids.named("person", "ana@demo.tandem.test"))


def test_the_samples_are_loaded_once_however_often_they_are_loaded(samples):
    seeding.seed(NOON + timedelta(days=1))
    assert {change["subject"] for change in feed.changes(0, ["tenant"], 10)["changes"]} == {"acme", "demo"}
    assert people.find_all("demo").total == 5
    assert (ana().role, ana().roles, ana().email) == ("member", ["member"], "ana@demo.tandem.test")


def test_what_the_feed_says_of_tenants_and_people_keeps_its_contract(samples):
    for kind in ("tenant", "person"):
        table = {"tenant": rows.Tenant, "person": rows.Person}[kind]
        told = feed.snapshots[kind]([row.id for row in table.select()])
        assert told
        for snapshot in told.values():
            assert KINDS["monitor"][kind]().validate(snapshot) == {}


def test_an_added_person_is_published_and_written_down(samples):
    person = people.add("p1", name=" Eve ", email="Eve@X.Test ", role="operator", by=by(), now=NOON)
    assert (person.name, person.email) == ("Eve", "eve@x.test")
    assert (
        feed.tables.row.get((feed.tables.row.kind == "person") & (feed.tables.row.subject_id == "p1")).tenant_id
        == "demo"
    )
    act = acts.table.get(acts.table.subject_id == "p1")
    assert (act.verb, act.by["id"], act.details) == ("added person", "boss", {"role": "operator"})


def test_an_email_belongs_to_one_person_in_the_whole_house(samples):
    with pytest.raises(Conflict):
        people.add("p1", name="Eve", email="ANA@demo.tandem.test", role="member", by=by(tenant="acme"), now=NOON)


def test_a_tenant_is_added_once_and_needs_a_real_time_zone(samples):
    with pytest.raises(Conflict):
        people.add_tenant("demo", name="Demo", time_zone="UTC", country="US", by=by(), now=NOON)
    with pytest.raises(Invalid) as refused:
        people.add_tenant("x", name="X", time_zone="Mars/Olympus", country="US", by=by(), now=NOON)
    assert "timeZone" in refused.value.errors


@pytest.mark.parametrize("mine", ROLES)
@pytest.mark.parametrize("given", ROLES)
def test_nobody_gives_a_role_above_their_own(samples, mine, given):
    allowed = mine in ("admin", "super_admin") and ROLES.index(given) <= ROLES.index(mine)
    if allowed:
        assert people.change(ana().id, role=given, by=by(mine), now=NOON).role == given
    elif given != "member":
        with pytest.raises(Forbidden):
            people.change(ana().id, role=given, by=by(mine), now=NOON)


def test_nobody_changes_their_own_rights_nor_those_of_somebody_with_more(samples):
    boss = people.find("demo", ids.named("person", "max@demo.tandem.test"))
    root = people.find("demo", ids.named("person", "sam@demo.tandem.test"))
    for person_id, change in (
        (boss.id, {"role": "member"}),
        (boss.id, {"active": False}),
        (root.id, {"active": False}),
        (root.id, {"role": "member"}),
    ):
        with pytest.raises(Forbidden):
            people.change(person_id, **change, by=by(person_id=boss.id), now=NOON)


def test_a_change_of_what_is_no_longer_there_is_stale(samples):
    version = ana().version
    assert people.change(ana().id, name="Ana B.", expected=version, by=by(), now=NOON).version == version + 1
    with pytest.raises(Stale):
        people.change(ana().id, name="Ana C.", expected=version, by=by(), now=NOON)


def test_a_change_that_changes_nothing_writes_nothing(samples):
    before = ana().version
    assert people.change(ana().id, name="Ana Alvarez", by=by(), now=NOON).version == before


def test_another_tenants_person_is_not_found(samples):
    with pytest.raises(NotFound):
        people.change(ana().id, name="X", by=by(tenant="acme"), now=NOON)


def test_who_is_deactivated_is_signed_out_everywhere(samples):
    sessions.make_link("ana@demo.tandem.test", token="link", by=by(), now=NOON)
    sessions.sign_in_with_link("link", token="cookie", now=NOON)
    people.change(ana().id, active=False, by=by(), now=NOON)
    assert sessions.authenticate("cookie", NOON) is None
    people.change(ana().id, active=True, by=by(), now=NOON)
    assert sessions.authenticate("cookie", NOON) is None


@pytest.mark.parametrize("name", ["Two\r\nLines", "Bell\a", "Line\u2028Separator", " "])
def test_a_name_is_one_line_whoever_adds_it(samples, name):
    with pytest.raises(Invalid) as refused:
        people.add("new", name=name, email="new@demo.test", role="member", by=by(), now=NOON)
    assert list(refused.value.errors) == ["name"]
    with pytest.raises(Invalid):
        people.add_tenant("new", name=name, time_zone="UTC", country="US", by=by(), now=NOON)


@pytest.mark.parametrize("scope", ["demo", ALL_TENANTS])
def test_a_row_that_is_read_for_a_change_is_locked_also_when_it_may_be_any_tenants(samples, scope):
    free = Person.for_tenant("demo", Person.id).where(Person.id == ana().id)

    def free_elsewhere():
        with session(database):
            return [one.id for one in (free.for_update("FOR UPDATE SKIP LOCKED") if is_postgres(database) else free)]

    with feed.transaction(), ThreadPoolExecutor(1) as elsewhere:
        assert Person.get_or_none_for(scope, ana().id, for_update=True) == ana()
        # SQLite has one writer, and its readers never wait.
        assert elsewhere.submit(free_elsewhere).result() == ([] if is_postgres(database) else [ana().id])
