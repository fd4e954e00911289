"""The command line against services that run: what it refuses, in which words, and which database it says it uses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.monitor import user_cli
from shared import cli, file_import
from tests.house import House

HEADER = "name,arr,currency,renewal_date\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The monitor and workflows, with the sample tenants."""
    with House(tmp_path_factory.mktemp("house"), services=("monitor", "workflows")) as started:
        yield started


@pytest.fixture
def tandem(house):
    """`tandem("token", "--tenant", "demo")` -> the process as it ended."""

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "shared.cli", *words]
        environment, folder = house.launcher.environment, house.launcher.folder
        return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)

    return call


@pytest.fixture
def refused(tandem):
    """`refused(...)` -> the lines on standard error of a command that must fail with status 1 and say nothing else."""

    def call(*words: object) -> list[str]:
        done = tandem(*map(str, words))
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr.splitlines()

    return call


@pytest.fixture
def sheet(tmp_path):
    """`sheet("Acme,...")` -> a CSV file with the needed columns."""

    def write(rows: str, *, header: str = HEADER, encoding: str = "utf-8") -> str:
        (tmp_path / "customers.csv").write_text(header + rows, encoding)
        return str(tmp_path / "customers.csv")

    return write


def test_a_tenant_that_does_not_exist_gets_no_token_no_import_and_no_demo(refused, sheet):
    line = ["tandem: There is no tenant nope; tenants are: acme, demo."]
    assert refused("token", "--tenant", "nope") == line
    assert refused("import", "customers", sheet("Acme,1,USD,2027-05-01"), "--tenant", "nope") == line
    assert refused("demo", "--tenant", "nope") == line


def test_a_token_of_a_tenant_that_exists_is_printed_alone(tandem):
    done = tandem("token", "--tenant", "demo")
    assert (done.returncode, done.stderr, done.stdout.count(".")) == (0, "", 2)


def test_an_import_prints_a_line_a_row_and_says_what_to_write(tandem, sheet):
    done = tandem("import", "customers", sheet("Acme,1,usd,2027-05-01\nBeta,1,USD,1 May\n"), "--dry-run")
    assert done.returncode == 1
    assert [" ".join(line.split()) for line in done.stdout.splitlines()] == [
        "2 will be created Acme",
        "3 is refused Beta renewal_date: Not a valid date. Write it as 2027-03-01.",
        "1 will be created, 1 is refused",
    ]


def test_a_header_that_is_not_known_is_refused_in_plain_lines(refused, sheet):
    first, *lines = refused("import", "customers", sheet("Acme", header="name,arr,currency,renewal_date,mood\n"))
    assert first == "tandem: The header of the file is not usable."
    assert lines[0] == "  Column mood is not known."
    assert lines[1].startswith("  Known columns: name, arr, currency, renewal_date, ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encoding_in_which_it_is(tandem, sheet, encoding):
    done = tandem("import", "customers", sheet("Café,1,USD,2027-05-01\n", encoding=encoding), "--dry-run")
    assert (done.returncode, " ".join(done.stdout.split())) == (0, "2 will be created Café 1 will be created")


def test_what_a_date_begins_with_is_asked_for_and_can_be_said(tandem, sheet):
    file = sheet("Acme,1,USD,01/05/2027\n")
    assert "01/05/2027 can be 1 May 2027 or 5 January 2027" in tandem("import", "customers", file, "--dry-run").stdout
    done = tandem("import", "customers", file, "--dry-run", "--dates", "day")
    assert " ".join(done.stdout.split()) == "2 will be created Acme 1 will be created"


def test_contacts_of_no_customer_are_refused_by_its_name(tandem, sheet):
    done = tandem("import", "contacts", sheet("Ann,Nowhere Ltd\n", header="name,company\n"), "--dry-run")
    assert (done.returncode, "there is no customer Nowhere Ltd" in done.stdout) == (1, True)


def test_a_long_file_is_sent_in_parts_and_answered_as_one(tandem, sheet):
    rows = [f"Long {number},1,USD,2027-05-01" for number in range(file_import.ROWS_PER_REQUEST)]
    done = tandem(
        "import", "customers", sheet("\n".join([*rows, rows[0], "Last,1,USD,2027-05-01"]) + "\n"), "--dry-run"
    )
    *lines, total = done.stdout.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(2, len(rows) + 4))
    assert lines[-2].endswith("it is in line 2 already")
    assert total == f"{len(rows) + 1} will be created, 1 is refused"


def test_it_says_which_database_people_are_looked_up_in(tandem, house):
    done = tandem("user", "link", "max@demo.tandem.test")
    assert done.stdout.startswith(house.url("monitor"))
    path = house.told.home / "data" / "monitor.sqlite3"
    assert done.stderr.splitlines() == [f"tandem: the database of monitor is sqlite:///{path}"]


@pytest.mark.parametrize("words", [["user", "-h"], ["import", "-h"], ["token", "--help"]])
def test_help_of_a_command_is_help(tandem, words):
    done = tandem(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: tandem {words[0]} [-h]")


def test_help_names_every_verb_that_the_monitor_has_for_people(tandem):
    (choices,) = (action.choices for action in user_cli._parser()._actions if action.choices)
    assert tuple(choices) == cli.USER_VERBS
    assert all(verb in tandem("-h").stdout for verb in cli.USER_VERBS)


def test_usage_readings_come_with_their_customer_and_a_second_time_change_nothing(tandem, sheet, house):
    customer = house.get("workflows", "/api/customers")["items"][0]["name"]
    rows = (f'"{customer}",Ledger,2026-10-31,7', f'"{customer}",Ledger,2026-09-30,3', "Nowhere Ltd,Ledger,2026-09-30,3")
    file = sheet("\n".join(rows), header="customer,product,on,active\n")
    trial, done, again = (tandem("import", "usage-readings", file, *more) for more in (("--dry-run",), (), ()))
    assert trial.stdout.splitlines()[-1] == "2 will be created, 1 is refused"
    assert done.stdout.splitlines()[-1] == "2 created, 1 refused"
    assert "there is no customer Nowhere Ltd" in done.stdout
    assert again.stdout.splitlines()[-1] == "2 unchanged, 1 refused"
    assert (trial.returncode, done.returncode, again.returncode) == (1, 1, 1)
