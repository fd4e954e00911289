"""The AI task that reads a contract's file: from the file store, in a child process, back into the file store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.executor.documents import DocumentReader, Limits
from services.executor.executing import Runner, RunningTask
from services.executor.models import StoredFile
from tests import document_makers as make
from tests.executor.conftest import read

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def order(submit, providers):
    """`order(content)` queues the reading of a file that is in the store."""

    def ask(content, media_type=PDF, **more):
        sha256 = providers.files.put("demo", content)
        metadata = {"contractId": "c1", "sha256": sha256, "name": "contract.pdf", "mediaType": media_type}
        return submit("contract-text-reader", metadata | {"longestText": 200_000} | more)

    return ask


def test_the_text_is_in_the_file_store_and_not_in_the_result(order, run, providers):
    order(make.pdf(make.SENTENCE))
    task = run()
    kept = make.SENTENCE.encode()
    assert task.status == "success"
    assert task.result == {
        "summary": "Read 86 characters of contract.pdf.",
        "textSha256": task.result["textSha256"],
        "characters": len(kept),
        "pages": 1,
        "problems": [],
    }
    assert providers.files.load("demo", task.result["textSha256"]) == kept
    row = StoredFile.get(StoredFile.sha256 == task.result["textSha256"])
    assert (row.tenant_id, row.media_type, row.size) == ("demo", "text/plain", len(kept))


def test_a_text_that_is_too_long_is_cut_and_says_so(order, run, providers):
    order(make.pdf(make.SENTENCE), longestText=12)
    result = run().result
    assert providers.files.load("demo", result["textSha256"]) == b"Either party"
    assert result["problems"] == [f"Its text has {len(make.SENTENCE)} characters; the first 12 of them were kept."]


def test_a_scan_is_a_success_without_a_text(order, run):
    order(make.scan(2))
    task = run()
    assert (task.status, task.result["textSha256"], task.result["pages"]) == ("success", None, 2)
    assert StoredFile.select().count() == 0


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (make.encrypted_pdf, PDF, "encrypted"),
        (lambda: make.scan(500), PDF, "500 pages"),
        (make.zip_bomb, DOCX, "zip bomb"),
        (make.swelling_pdf, PDF, "MB of memory"),
    ],
    ids=["encrypted", "500 pages", "zip bomb", "eats memory"],
)
def test_a_file_that_cannot_be_read_fails_for_good_with_its_reason(order, run, content, media_type, why):
    order(content(), media_type)
    task = run()
    assert (task.status, task.attempts, task.error["permanent"]) == ("failed", 1, True)
    assert why in task.error["message"]


def test_a_file_whose_reading_never_ends_fails_for_good_with_its_reason(order, claim, known, providers, now):
    order(make.endless_pdf())
    task = claim()
    impatient = replace(providers, documents=DocumentReader(Limits(pages=300, seconds=1, megabytes=4_000)))
    Runner(impatient, lambda: now, 300).run(RunningTask(task, 60), known[task.processor])
    task = read(task)
    assert (task.status, task.error["permanent"]) == ("failed", True)
    assert task.error["message"].startswith("Reading it takes more than")


def test_a_file_of_another_tenant_is_not_there(submit, run, providers):
    sha256 = providers.files.put("acme", make.pdf("Secret."))
    metadata = {"contractId": "c1", "sha256": sha256, "name": "c.pdf", "mediaType": PDF, "longestText": 1_000}
    submit("contract-text-reader", metadata)
    task = run()
    assert (task.status, task.error["message"]) == ("failed", "The file is not in the file store any more.")


def test_a_store_that_cannot_be_read_now_is_tried_again(order, run, providers):
    order(make.pdf(make.SENTENCE))
    files = providers.files.folder
    files.rename(files.with_name("elsewhere"))
    files.write_text("not a folder")
    task = run()
    assert (task.status, task.error["permanent"]) == ("queued", False)
