"""`tandem read-contract`: what is read of files of every kind, without any service, and what it says of files that it cannot read."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from services.workflows import contract_cli
from services.workflows.step_kinds import contract_analysis
from tests import document_makers as make

TEXT = (
    'This Agreement is made as of March 1, 2026 (the "Effective Date"). The term begins on the Effective Date and continues for two years. '
    "It renews automatically for one-year terms unless a party gives notice sixty days before the end of the term."
)


@pytest.fixture
def read_contract(tmp_path):
    """`read_contract("a.txt", "--json")` -> the process as it ended, in a folder of its own without a database."""

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"TANDEM_HOME": str(tmp_path / "home"), "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-m", "shared.cli", "read-contract", *words]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)

    return call


def test_every_kind_of_file_is_read_a_line_of_json_each(read_contract, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.docx").write_bytes(make.word(TEXT))
    (tmp_path / "c.pdf").write_bytes(make.pdf(TEXT.replace(". ", ".\n")))
    (tmp_path / "e.eml").write_bytes(make.mail(TEXT))
    (tmp_path / "d.text").write_text(f"# Agreement\n\n{TEXT}")
    done = read_contract("a.txt", "b.docx", "c.pdf", "d.text", "e.eml", "--json", "--as-of", "2026-11-30")
    assert (done.returncode, done.stderr) == (0, "")
    readings = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reading["file"] for reading in readings] == ["a.txt", "b.docx", "c.pdf", "d.text", "e.eml"]
    for reading in readings:
        assert set(reading) == {*contract_analysis.CLAUSES, "file", "obstacles", "unread"}
        assert reading["termEnd"]["date"] == "2028-02-29"
        assert (reading["notice"]["noticeDate"], reading["notice"]["daysLeft"]) == ("2027-12-31", 396)
        assert (reading["autoRenewal"]["renews"], reading["autoRenewal"]["termMonths"]) == (True, 12)


def test_lines_for_people_have_the_sentence_behind_each_answer(read_contract, tmp_path):
    (tmp_path / "order.txt").write_text("Term: 60 months firm. Customer may extend the term by one year.")
    done = read_contract("order.txt", "--effective-on", "2025-07-01", "--as-of", "2026-11-30")
    lines = done.stdout.splitlines()
    assert (done.returncode, lines[0]) == (0, "order.txt")
    assert lines[1].startswith("  End of the term:             date 2030-06-30")
    assert lines[2] == "      “Term: 60 months firm.”"
    assert "by wish yes, wish customer" in done.stdout
    assert "not found: no sentence says when a notice" in done.stdout


def test_a_file_that_cannot_be_read_is_named_with_what_to_do_and_the_others_are_read(read_contract, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (tmp_path / "empty.txt").write_text(" \n")
    done = read_contract("missing.pdf", "picture.txt", "broken.pdf", "empty.txt", str(tmp_path), "a.txt", "--json")
    assert done.returncode == 1
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["a.txt"]
    refused = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in refused] == [
        "missing.pdf",
        "picture.txt",
        "broken.pdf",
        "empty.txt",
        str(tmp_path),
    ]
    assert refused[0].endswith("There is no such file: look at its name and folder.")
    assert "a picture" in refused[1]
    assert refused[3].endswith("It is empty.")


def test_what_was_entered_may_be_wrong_and_is_said_so(read_contract, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    done = read_contract("a.txt", "--as-of", "30.11.2026")
    assert done.returncode == 2
    assert "'30.11.2026' is no day: write it as 2027-06-30" in done.stderr
    assert read_contract().returncode == 2


def test_a_term_that_is_over_or_not_readable_has_no_end(read_contract, tmp_path):
    (tmp_path / "over.txt").write_text("The term of this Agreement ends on 30 June 2020.")
    (tmp_path / "event.txt").write_text("The term of this Agreement is two years from the first commercial sale.")
    over, event = (
        json.loads(line)["termEnd"] for line in read_contract("over.txt", "event.txt", "--json").stdout.splitlines()
    )
    assert (over["status"], over["date"]) == ("not found", "2020-06-30")
    assert (event["status"], "event" in event["why"]) == ("unreadable", True)


def test_every_clause_that_is_read_is_printed():
    assert tuple(contract_cli.TITLES) == contract_analysis.CLAUSES
