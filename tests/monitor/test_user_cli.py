"""`tandem user`, for whoever owns the machine."""

from __future__ import annotations

import io

import pytest

from services.monitor import people, seeding, sessions, user_cli
from services.monitor.models.people import Person
from shared.database.model import insert_rows
from shared.ground import clock, ids
from tests.conftest import NOON

ANA = "ana@demo.tandem.test"


@pytest.fixture
def samples(monitor):
    seeding.seed(NOON)
    return monitor


def ana():
    return people.find("demo", ids.named("person", ANA))


def test_a_link_is_printed_alone_and_lets_in(samples, capsys):
    assert user_cli.user(samples, ["link", ANA]) == 0
    address = capsys.readouterr().out.strip()
    assert address.startswith(samples.console_url + "/sign-in?link=")
    assert sessions.sign_in_with_link(address.partition("=")[2], token="cookie", now=clock.now()).name == "Ana Alvarez"


def test_people_are_added_changed_and_listed(samples, capsys):
    assert user_cli.user(samples, ["tenant", "beta", "Beta", "--time-zone", "Pacific/Auckland", "--country", "NZ"]) == 0
    assert user_cli.user(samples, ["add", "beta", "eve@x.test", "Eve", "--role", "admin"]) == 0
    assert user_cli.user(samples, ["role", ANA, "operator"]) == 0
    assert user_cli.user(samples, ["deactivate", ANA]) == 0
    assert (ana().role, ana().active) == ("operator", False)
    assert user_cli.user(samples, ["activate", ANA]) == 0
    assert ana().active
    assert user_cli.user(samples, ["list", "beta"]) == 0
    assert "eve@x.test" in capsys.readouterr().out


def test_a_password_is_read_from_standard_input(samples, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert user_cli.user(samples, ["password", ANA]) == 0
    assert ana().password_hash.startswith("scrypt:131072:8:1$")


@pytest.mark.parametrize(
    "words",
    [["link", "nobody@x.test"], ["role", "nobody@x.test", "admin"], ["list", "nowhere"], ["tenant", "demo", "Demo"]],
)
def test_what_is_wrong_is_said_in_a_line_with_status_1(samples, capsys, words):
    assert user_cli.user(samples, words) == 1
    assert capsys.readouterr().err.startswith("tandem user: ")


def test_what_is_wrong_with_a_value_is_said_in_the_lines_below(samples, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert user_cli.user(samples, ["password", ANA]) == 1
    assert capsys.readouterr().err == "tandem user: Choose another password.\n  password: 12 to 200 characters.\n"
    assert user_cli.user(samples, ["tenant", "beta", "Beta", "--time-zone", "Nowhere"]) == 1
    assert capsys.readouterr().err.splitlines()[1:] == ["  timeZone: A name like Europe/Berlin."]


def test_everybody_of_a_large_tenant_is_listed(samples, capsys):
    many = [f"person-{number:04}@demo.tandem.test" for number in range(1_001)]
    insert_rows(
        Person,
        [
            {
                "id": ids.new_id(),
                "tenant_id": "demo",
                "name": email,
                "email": email,
                "role": "member",
                "created_at": NOON,
            }
            for email in many
        ],
    )
    assert user_cli.user(samples, ["list", "demo"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert [email for email in listed if email.startswith("person-")] == many
    assert len(listed) == len(set(listed)) == 1_001 + 5
