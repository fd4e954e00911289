"""Contracts put on file in Chromium: dropped and chosen, read, found in, filled by hand; with and without script, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import document_makers as make

pytestmark = pytest.mark.browser

NOTICE = (
    "Unless Client notifies Vendor in writing not less than ninety days before the expiration of the term, it renews."
)
TEXT = f"ORDER FORM\n\n{NOTICE}\n\n{make.SENTENCE}"
OPTION = "Client may, at its option, renew this Agreement for another year of service by a notice to Vendor."
UNDER_WAY = 60_000


@pytest.fixture
def customer(console):
    """The page of the contracts of a customer of this test alone."""
    told = {"name": "Drop Test", "arr": "1000.00", "currency": "USD", "renewalDate": "2027-06-01"}
    return console.post("workflows", "/api/customers", told)["id"]


def row(page, name):
    return page.get_by_role("row").filter(has_text=name)


def test_files_are_chosen_and_read_and_what_is_found_leads_to_its_sentence_and_back(
    console, sign_in, customer, complaints, tmp_path
):
    page = sign_in("ana")
    page.goto(f"/app/customers/{customer}/contracts")
    expect(page.get_by_text("No contract yet")).to_be_visible()
    for name, content in (("Order form.docx", make.word(*TEXT.split("\n\n"))), ("Scan.pdf", make.scan())):
        (tmp_path / name).write_bytes(content)
    page.set_input_files("#contract-files", [tmp_path / "Order form.docx", tmp_path / "Scan.pdf"])
    page.get_by_role("button", name="Put on file").click()
    expect(row(page, "Order form")).to_contain_text("Read", timeout=UNDER_WAY)
    expect(row(page, "Order form")).not_to_contain_text("Being", timeout=UNDER_WAY)
    expect(row(page, "Scan")).to_contain_text("Without text", timeout=UNDER_WAY)
    page.get_by_role("link", name="Order form", exact=True).click()
    expect(page.locator(".contract-text")).to_contain_text(NOTICE)
    mark = page.locator("mark").filter(has_text=make.SENTENCE)
    page.locator("blockquote").filter(has_text=make.SENTENCE).get_by_role("link").first.click()
    assert page.url.endswith("#" + mark.get_attribute("id"))
    mark.get_by_role("link", name="To what was found in this sentence").click()
    place = page.locator(f"#{page.url.partition('#')[2]}")
    expect(place).to_contain_text(make.SENTENCE)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename == "Order form.docx"
    assert saved.value.path().read_bytes() == (tmp_path / "Order form.docx").read_bytes()
    assert complaints == []


def test_a_file_is_dropped_and_another_is_refused_with_its_reason(sign_in, customer):
    page = sign_in("ana")
    page.goto(f"/app/customers/{customer}/contracts")
    dropped = page.evaluate_handle(
        """([text, html]) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "Agreement.txt"));
            data.items.add(new File([html], "Trick.pdf"));
            return data;
        }""",
        [TEXT, make.HTML.decode()],
    )
    page.dispatch_event("[data-upload]", "drop", {"dataTransfer": dropped})
    expect(page.get_by_text("“Trick.pdf” is named as a PDF, and its content is a web page")).to_be_visible()
    expect(row(page, "Agreement")).to_contain_text("Read", timeout=UNDER_WAY)
    expect(row(page, "Trick")).to_have_count(0)


def test_a_renewal_by_wish_says_whose_wish_it_takes(console, sign_in, customer):
    console.post("workflows", f"/api/customers/{customer}/contracts", {"title": "Option", "text": OPTION})
    page = sign_in("ana")
    page.goto(f"/app/customers/{customer}/contracts")
    page.get_by_role("link", name="Option", exact=True).click()
    renewal = page.locator(".finding").filter(has_text="Renewal").filter(has_text=OPTION)
    expect(renewal).to_contain_text("only if the customer wishes")


def test_without_script_on_a_phone_a_scan_is_put_on_file_and_filled_by_hand(console, sign_in, customer, tmp_path):
    page = sign_in("ana", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"/app/customers/{customer}/contracts")
    (tmp_path / "Scan.pdf").write_bytes(make.scan())
    (tmp_path / "Empty.txt").write_bytes(b"")
    page.set_input_files("#contract-files", [tmp_path / "Scan.pdf", tmp_path / "Empty.txt"])
    page.get_by_role("button", name="Put on file").click()
    expect(page.get_by_text("“Empty.txt” is empty.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Scan")).click()
    for _ in range(60):
        if page.get_by_text("The file has no text").count():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    page.get_by_label("End of the term").fill("2027-06-01")
    page.get_by_label("Text").fill(TEXT)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved; it counts from now on.")).to_be_visible()
    expect(page.locator("mark").filter(has_text=make.SENTENCE)).to_be_visible()
    kept = console.get("workflows", f"/api/customers/{customer}/contracts")["items"][0]
    assert (kept["textState"], kept["endsOn"]) == ("typed", "2027-06-01")


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_and_what_was_typed_stays(console, sign_in, customer):
    path = f"/api/customers/{customer}/contracts"
    made = console.post("workflows", path, {"title": "MSA", "text": TEXT})
    page = sign_in("ana")
    page.goto(f"/app/customers/{customer}/contracts/{made['id']}")
    console.ask("PATCH", "workflows", f"{path}/{made['id']}", json={"title": "MSA of Ben"})
    page.get_by_label("Title").fill("MSA of Ana")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody was here first")).to_be_visible()
    expect(page.get_by_text("Now: MSA of Ben")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("MSA of Ana")
    assert console.get("workflows", f"{path}/{made['id']}")["title"] == "MSA of Ben"


def test_a_right_on_a_condition_credits_and_the_usual_obstacles_are_shown_as_what_they_are(console, sign_in, customer):
    sentences = [
        "Client may terminate this Agreement for convenience on 30 days' notice, but only after the first year.",
        "Vendor may terminate this Agreement for convenience on 90 days' notice.",
        "If uptime falls below 99%, Vendor grants a service credit of 12% of the monthly fee.",
        "Upon termination, Vendor makes the customer data available for export for 40 days.",
        "Client shall purchase the services exclusively from Vendor.",
        "The minimum annual fee is EUR 20,000.",
        "Except for its indemnity under Section 8, neither party is liable for indirect damages.",
    ]
    text = "\n\n".join(sentences)
    made = console.post("workflows", f"/api/customers/{customer}/contracts", {"title": "Terms", "text": text})
    for width in (1280, 390):
        page = sign_in("ana", viewport={"width": width, "height": 900})
        page.goto(f"/app/customers/{customer}/contracts/{made['id']}")
        found = page.locator(".finding")
        right = found.filter(has_text="Termination for convenience")
        expect(right).to_contain_text("customer: 30 days, on a condition; provider: 90 days")
        expect(right).to_contain_text("Condition: only after the first year")
        expect(found.filter(has_text="Service credits")).to_contain_text("12 %")
        expect(found.filter(has_text="Data at the end")).to_contain_text("given back (40 days)")
        for title in ("Exclusivity", "Minimum commitment", "Exceptions from the liability cap"):
            expect(found.filter(has_text=title)).to_contain_text("Medium")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
