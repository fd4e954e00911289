"""Compresses responses within what the caller accepts: pages, JSON and static files, never streams of events."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from flask import Flask, Response, request
from flask_compress import Compress

LARGEST_FILE = 1_000_000
"""The largest static file that is read into memory to be compressed."""

KINDS = (
    "text/html",
    "text/css",
    "text/csv",
    "text/plain",
    "text/javascript",
    "application/javascript",
    "application/json",
    "image/svg+xml",
)


def install(app: Flask) -> None:
    """Compress the responses of this application. Called before anything else registers an `after_request`, so that
    what is compressed is final."""
    app.config |= {
        "COMPRESS_REGISTER": False,
        "COMPRESS_MIMETYPES": list(KINDS),
        "COMPRESS_STREAMS": False,
        "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,
    }
    compress = Compress(app)

    @app.after_request
    def compressed(response: Response) -> Response:
        if _is_from_elsewhere():
            return response
        if response.is_streamed and response.mimetype == "text/html":
            return _in_parts(response)
        if response.is_streamed and _is_file():
            _read_whole(response)
        tag, weak = response.get_etag()
        response = compress.after_request(response)
        if tag is not None and "Content-Encoding" in response.headers:
            # A strong tag would promise the same bytes to those who take no compression.
            response.set_etag(tag, weak=True)
        return response


def _is_from_elsewhere() -> bool:
    """Whether another site made the browser send this. If such a response was compressed, its length would tell that site's
    accomplice on the network whether what the site put into the address also stands in the page (BREACH)."""
    return request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")


def _is_file() -> bool:
    return (request.endpoint or "").rpartition(".")[2] == "static"


def _read_whole(response: Response) -> None:
    if response.mimetype in KINDS and (response.content_length or 0) <= LARGEST_FILE:
        response.direct_passthrough = False
        response.make_sequence()


def _in_parts(response: Response) -> Response:
    """Compress a page that is sent in parts so that the browser can read each as it comes; Flask-Compress would keep the
    first back until it has enough for a block."""
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.headers["Content-Encoding"] = "gzip"
        response.response = _gzipped(response.iter_encoded())
    return response


def _gzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    for part in parts:
        yield compressor.compress(part) + compressor.flush(zlib.Z_SYNC_FLUSH)
    yield compressor.flush()
