"""Files of every kind, read in the child process: what is found, what is refused and why, and what a hostile one costs."""

from __future__ import annotations

import os
import resource
import time

import psutil
import pytest

from services.executor.documents import MOST_CHARACTERS, DocumentReader, Limits, NotRead
from shared.contracts.document_files import DOCX, EML, PDF, TXT
from tests import document_makers as make

READER = DocumentReader(Limits(pages=300, seconds=20))


def read(content, kind, reader=READER):
    return reader.read(content, kind, lambda: None)


def refusal(content, kind, reader=READER):
    with pytest.raises(NotRead) as refused:
        read(content, kind, reader)
    return str(refused.value)


def test_a_pdf_is_read_page_by_page():
    found = read(make.pdf(make.SENTENCE, "The second page.\nIts second line."), PDF)
    assert (found.text, found.pages) == (f"{make.SENTENCE}\nThe second page.\nIts second line.", 2)


def test_a_scan_has_pages_and_no_text():
    found = read(make.scan(3), PDF)
    assert (found.text, found.pages, found.problems) == ("", 3, ())


def test_pages_without_text_among_others_are_named():
    assert read(make.pdf("One.", "", "Three."), PDF).problems == ("Pages without text, as a scan has: 2.",)


def test_a_word_document_is_read_with_its_header_and_its_tables():
    content = make.word("First.", make.SENTENCE, header="MASTER AGREEMENT", table=[["Term", "12 months"]])
    found = read(content, DOCX)
    assert found.text == f"MASTER AGREEMENT\n\nFirst.\n\n{make.SENTENCE}\n\nTerm | 12 months"
    assert found.pages is None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Zürich, the term ends.".encode(), "Zürich, the term ends."),
        ("\ufeffZürich\r\nends.".encode(), "Zürich\nends."),
        ("Zürich".encode("utf-16"), "Zürich"),
        ("Kündigung für beide, ohne Gründe".encode("cp1252"), "Kündigung für beide, ohne Gründe"),
        (b"a\x00b\x07c", "abc"),
    ],
    ids=["utf-8", "with a mark", "utf-16", "windows", "controls"],
)
def test_a_text_is_read_in_its_encoding(content, text):
    assert read(content, TXT).text == text


def test_an_email_is_read_with_its_attachments_and_those_of_one_within():
    inner = make.mail("See the order form.", attachments=[("order.docx", make.word("Order form."))])
    attachments = [("contract.pdf", make.pdf(make.SENTENCE)), ("logo.png", b"\x89PNG...")]
    found = read(make.mail("Please file this.", attachments=attachments, inner=inner), EML)
    for part in ("The signed contract", "Please file this.", make.SENTENCE, "See the order form.", "Order form."):
        assert part in found.text
    assert (found.pages, found.problems) == (1, ("The attachment “logo.png” is of a kind that is not read.",))


def test_an_email_in_html_is_read_as_a_person_would_and_runs_nothing():
    found = read(make.mail(html="<p>Dear Ana,</p><script>alert(1)</script><p>it renews.</p>"), EML)
    assert "Dear Ana," in found.text
    assert "alert" not in found.text


def test_an_attachment_that_is_not_what_it_says_is_a_problem_and_the_rest_is_read():
    found = read(make.mail("Here it is.", attachments=[("contract.pdf", make.HTML)]), EML)
    assert "Here it is." in found.text
    assert found.problems == ("The attachment “contract.pdf” is a web page or other markup, not what it says.",)


def test_an_attachment_that_would_unpack_to_too_much_is_a_problem_and_the_rest_is_read():
    found = read(make.mail("Here it is.", attachments=[("bomb.docx", make.zip_bomb())]), EML)
    assert "zip bomb" in found.problems[0]


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (make.encrypted_pdf, PDF, "It is encrypted: save it without a password, and add it again."),
        (lambda: make.scan(500), PDF, "It has 500 pages, and files of at most 300 are read."),
        (lambda: b"%PDF-1.4 nothing", PDF, "It is damaged: it cannot be opened as a PDF."),
        (make.zip_bomb, DOCX, "It would unpack to 300 MB, far more than a document does"),
        (lambda: b"PK\x03\x04word/", DOCX, "It is damaged: it cannot be unpacked as a Word document."),
    ],
    ids=["encrypted", "500 pages", "broken pdf", "zip bomb", "broken docx"],
)
def test_what_cannot_be_read_is_refused_with_the_reason(content, kind, why):
    assert refusal(content(), kind).startswith(why)


def test_a_bomb_whose_directory_lies_unpacks_to_no_more_than_it_declares():
    assert refusal(make.lying_zip_bomb(), DOCX) == "It is damaged: it cannot be opened as a Word document."


def test_a_file_that_eats_memory_kills_its_own_reader_only():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "1,024 MB of memory" in refusal(make.swelling_pdf(), PDF)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 500 * 1024


def test_a_file_that_takes_too_long_is_given_up():
    why = refusal(make.endless_pdf(), PDF, DocumentReader(Limits(pages=300, seconds=1, megabytes=4_000)))
    assert why in ("Reading it takes more than 1 second of processor time.", "Reading it takes more than 3 seconds.")


def test_a_reader_whose_task_was_cancelled_is_killed():
    class Cancelled(Exception):
        pass

    def checkpoint():
        raise Cancelled

    with pytest.raises(Cancelled):
        DocumentReader(Limits(pages=300, seconds=60, megabytes=4_000)).read(make.endless_pdf(), PDF, checkpoint)
    left = [child for child in psutil.Process().children() if "services.executor.documents.child" in child.cmdline()]
    assert left == []


def test_the_reader_gets_no_secret_from_the_environment(monkeypatch):
    monkeypatch.setenv("TANDEM_EXECUTOR_DATABASE_URL", "postgresql://executor:secret@db/executor")
    child = READER._start(TXT, os.open(os.devnull, os.O_RDONLY), os.open(os.devnull, os.O_WRONLY))
    try:
        environment = b""
        while child.poll() is None and b"PYTHONPATH" not in environment:
            with open(f"/proc/{child.pid}/environ", "rb") as file:
                environment = file.read()
            time.sleep(0.001)
    finally:
        child.kill()
        child.wait()
    assert b"secret" not in environment


def test_a_long_text_in_any_script_is_cut_and_its_length_is_said():
    content = "Договор " * 1_500_000
    for encoding in ("utf-8", "utf-16"):
        found = read(content.encode(encoding), TXT)
        assert found.text == content[:MOST_CHARACTERS]
        assert found.characters == len(content) - 1


def test_an_email_in_an_encoding_that_nobody_knows_is_read_and_a_long_name_is_cut():
    name = b"a" * 5000 + b".txt"
    found = read(
        b"Subject: Ours\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: text/plain; charset=x-none-99\nContent-Transfer-Encoding: 8bit\n\nIt ends in M\xc3\xa4rz.\n--x\n"
        b'Content-Type: text/plain; name="' + name + b'"\nContent-Disposition: attachment; filename="' + name + b'"\n\n'
        b"It renews.\n--x--\n",
        EML,
    )
    assert "It ends in März." in found.text
    assert "Attachment: " + "a" * 100 + "\n\nIt renews." in found.text
