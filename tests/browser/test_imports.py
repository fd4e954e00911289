"""A file is imported in the console: its columns are chosen, what it will do is shown first, and it is undone as a whole."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.house import House

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def console(browser_type_launch_args, tmp_path_factory):
    """A house of its own: what is imported by the hundred stands in nobody else's lists."""
    with House(tmp_path_factory.mktemp("imports")) as started:
        yield started


def take(page, tmp_path, name, content, kind="Customers"):
    """Upload a file, up to the page of its columns."""
    file = tmp_path / name
    file.write_bytes(content)
    page.goto("/app/import")
    page.get_by_label("What its rows are").select_option(kind)
    page.get_by_label("File").set_input_files(str(file))
    page.get_by_role("button", name="Look at its columns").click()
    page.wait_for_url("**/app/import/*/*")


def test_a_file_is_mapped_tried_imported_found_again_and_undone(sign_in, complaints, tmp_path):
    page = sign_in("ana")
    lines = [
        "Firma;Company owner;ARR;Renewal",
        "Müller Imp;;€1.000,50;01/05/2027",
        "Söhne Imp;;€2.000,00;02/05/2027",
        "Falsch Imp;;lots;soon",
    ]
    take(page, tmp_path, "kunden.csv", "\r\n".join(lines).encode("cp1252"))
    expect(page.get_by_text("Column name is missing.")).to_be_visible()
    page.get_by_label("Firma is imported as").select_option("Name")
    page.get_by_label("Dates begin").select_option(label="With the day: 31/12/2027")
    page.get_by_role("button", name="See what it will do").click()
    outcomes = page.get_by_label("Outcomes")
    expect(outcomes.get_by_role("link").nth(0)).to_have_text("1 is refused")
    expect(outcomes.get_by_role("link").nth(1)).to_have_text("2 will be created")
    expect(page.get_by_role("row", name=re.compile("Falsch Imp"))).to_be_visible()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("Imported", exact=True)).to_be_visible()
    expect(outcomes.get_by_text("2 were created")).to_be_visible()
    outcomes.get_by_text("2 were created").click()
    page.get_by_role("link", name="Müller Imp").click()
    expect(page.get_by_role("heading", name="Müller Imp")).to_be_visible()

    page.goto("/app/import")
    page.get_by_role("link", name="kunden.csv").first.click()
    page.get_by_role("link", name="Undo", exact=True).click()
    expect(page.get_by_text("2 rows that it created will be deleted")).to_be_visible()
    page.get_by_role("button", name="Undo 2 rows").click()
    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    assert complaints == []


def test_a_long_file_shows_how_far_it_is_and_goes_on_by_itself(sign_in, tmp_path):
    page = sign_in("ana")
    rows = "\n".join(f"Long Imp {number}" for number in range(1100))
    take(page, tmp_path, "long.csv", f"name\n{rows}\n".encode(), "Partnerships")
    page.get_by_role("button", name="See what it will do").click()
    page.get_by_role("button", name="Import 1,100 rows").click(timeout=60_000)
    expect(page.get_by_text("1,100 were created")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("width", [1280, 390])
def test_without_javascript_it_works_as_well(sign_in, tmp_path, width):
    page = sign_in("ana", java_script_enabled=False, viewport={"width": width, "height": 900})
    take(page, tmp_path, "plain.csv", f"name,stage\nPlain Imp {width},New Lead\n".encode(), "Partnerships")
    page.get_by_role("button", name="See what it will do").click()
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("1 was created")).to_be_visible()


def test_a_file_that_is_none_is_refused_with_what_to_do(sign_in, tmp_path):
    page = sign_in("ana")
    file = tmp_path / "book.csv"
    file.write_bytes(b"PK\x03\x04 a workbook")
    page.goto("/app/partnerships/import")
    expect(page.get_by_label("What its rows are")).to_have_value("runs.partnerships")
    page.get_by_label("File").set_input_files(str(file))
    page.get_by_role("button", name="Look at its columns").click()
    expect(page.get_by_text("Open it and save it as CSV")).to_be_visible()
