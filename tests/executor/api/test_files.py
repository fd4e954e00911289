"""The door of stored files: one content once, a download only, and nobody else's."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from services.executor.app import CONTEXT
from services.executor.models import StoredFile, db
from shared.ground import clock
from shared.security.tokens import Signer
from tests import document_makers as make
from tests.service import ANA, OTHER

CONTENT = make.pdf(make.SENTENCE)
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def send(application, settings, database):
    """`send("POST", path, content, by=...)` -> the answer to a request whose body is this content."""
    client = application.test_client()

    def ask(method, path, content=None, *, by=ANA, client=client, token=None):
        token = token or Signer("monitor", settings.keys).for_person(by, clock.now())
        db.close()
        try:
            return client.open(path, method=method, data=content, headers={"Authorization": f"Bearer {token}"})
        finally:
            db.connect(reuse_if_open=True)

    return ask


def stored(send, content=CONTENT, name="Contract of Zürich.pdf", media_type="application/pdf", **more):
    return send("POST", f"/api/files?name={name}&mediaType={media_type}", content, **more)


def test_a_file_comes_in_and_goes_out_as_a_download(send):
    answer = stored(send)
    assert (answer.status_code, answer.json["sha256"], answer.json["size"]) == (201, HASH, len(CONTENT))
    got = send("GET", f"/api/files/{HASH}")
    assert (got.status_code, got.data, got.content_type) == (200, CONTENT, "application/pdf")
    disposition = got.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="Contract of Z_rich.pdf"')
    assert "filename*=UTF-8''Contract%20of%20Z%C3%BCrich.pdf" in disposition
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]


def test_the_same_content_is_one_file(send):
    first, second = stored(send).json, stored(send, name="copy.pdf").json
    assert first == second
    assert StoredFile.select().count() == 1


@pytest.mark.parametrize("media_type", ["text/html", "image/svg%2Bxml", "text/javascript"])
def test_what_a_browser_could_run_goes_out_as_bytes(send, media_type):
    sha256 = stored(send, make.HTML, "page.html", media_type).json["sha256"]
    got = send("GET", f"/api/files/{sha256}")
    assert got.content_type == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment")


def test_a_file_of_another_tenant_is_404(send):
    stored(send)
    assert send("GET", f"/api/files/{HASH}", by=OTHER).status_code == 404


@pytest.mark.parametrize("sha256", ["0" * 64, "..", "..%2F..%2Fkeys", HASH.upper()])
def test_what_is_no_file_is_404(send, sha256):
    stored(send)
    assert send("GET", f"/api/files/{sha256}").status_code == 404


def test_a_file_whose_content_is_gone_is_404(send, settings):
    stored(send)
    (settings.files_path / "demo" / HASH[:2] / HASH).unlink()
    assert send("GET", f"/api/files/{HASH}").status_code == 404


def test_an_empty_file_is_refused(send):
    answer = stored(send, b"")
    assert (answer.status_code, answer.json["errors"]) == (422, {"file": ["It is empty."]})


def test_a_file_of_40_mb_is_too_large(send):
    answer = stored(send, bytes(40_000_000))
    assert answer.status_code == 413
    assert StoredFile.select().count() == 0


def test_the_longest_file_is_a_setting(settings, send):
    small = CONTEXT.make_app(replace(settings, file_bytes=1_000)).test_client()
    assert stored(send, bytes(1_001), client=small).status_code == 413
    assert stored(send, bytes(1_000), client=small).status_code == 201


def test_a_name_that_breaks_a_header_is_refused(send):
    assert stored(send, name="a%0d%0aSet-Cookie: x").status_code == 422


def test_a_service_stores_for_a_tenant_that_it_names(settings, send):
    signer = Signer("workflows", settings.keys)
    named = signer.for_service(clock.now(), tenant_id="acme")
    assert stored(send, token=named).status_code == 201
    assert send("GET", f"/api/files/{HASH}", by=OTHER).status_code == 200
    assert send("GET", f"/api/files/{HASH}").status_code == 404
    nobody = signer.for_service(clock.now())
    assert stored(send, token=nobody).status_code == 422


def test_a_store_that_cannot_be_written_is_503_and_nothing_is_recorded(settings, send):
    broken = replace(settings, files=str(settings.home / "a-file"))
    (settings.home / "a-file").write_text("not a folder")
    answer = stored(send, client=CONTEXT.make_app(broken).test_client())
    assert answer.status_code == 503
    assert StoredFile.select().count() == 0
    assert str(settings.home) not in answer.text
