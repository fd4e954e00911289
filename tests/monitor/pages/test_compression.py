"""What is compressed on its way to a browser, what is not, and that a version is still the same version."""

from __future__ import annotations

import gzip

import pytest

from tests.monitor.pages.conftest import OURS

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    "path", ["/app/monitor", "/static/app.js", "/static/style.css", "/static/icons.svg", "/openapi.json"]
)
def test_pages_files_and_json_are_compressed_for_who_takes_it(ana, path):
    plain, packed = ana.get(path), ana.get(path, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert len(gzip.decompress(packed.data)) == pytest.approx(len(plain.data), abs=200)


def test_what_another_site_asks_for_is_not_compressed(ana):
    answer = ana.get("/app/monitor?q=secret", headers=GZIP | {"Sec-Fetch-Site": "cross-site"})
    assert "Content-Encoding" not in answer.headers
    assert ana.get("/app/monitor", headers=GZIP | OURS).headers["Content-Encoding"] == "gzip"


def test_a_stream_is_not_compressed(ana):
    answer = ana.get("/app/live", headers=GZIP)
    assert answer.mimetype == "text/event-stream"
    assert "Content-Encoding" not in answer.headers
    answer.close()


@pytest.mark.parametrize("path", ["/static/app.js", "/static/script.js"])
def test_a_file_that_the_browser_has_is_not_sent_again(ana, path):
    packed = ana.get(path, headers=GZIP)
    again = ana.get(path, headers=GZIP | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_version_in_a_compressed_answer_is_one_to_match(enter):
    max_, name = enter("max"), "n" * 200
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.test"
    made = max_.post("/api/people", json={"name": name, "email": long}, headers=OURS).json
    path = f"/api/people/{made['id']}"
    answer = max_.get(path, headers=GZIP)
    tag = answer.headers["ETag"]
    assert (answer.headers["Content-Encoding"], tag) == ("gzip", 'W/"v1"')
    assert max_.get(path, headers=GZIP | {"If-None-Match": tag}).status_code == 304
    matching = OURS | {"If-Match": tag}
    assert max_.patch(path, json={"name": "Short"}, headers=matching).status_code == 200
    assert max_.patch(path, json={"name": "Late"}, headers=matching).status_code == 412
