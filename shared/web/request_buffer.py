"""Collects the bytes of one connection until they are a whole request. Pure: no socket, no clock."""

from __future__ import annotations

import re

LONGEST_HEAD = 64 * 1024
LONGEST_CHUNK_LINE = 1024

_FIELD = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_END = b"\r\n\r\n"


class RequestBuffer:
    """Bytes that were received and not yet taken. A malformed request counts as whole: the server's parser says what is
    wrong with it."""

    def __init__(self, longest_body: int) -> None:
        self.longest_body = longest_body
        self._bytes = bytearray()
        self._forget()

    def _forget(self) -> None:
        self._head = 0
        self._body: int | None = None
        self._chunk_at = 0
        self._expects = False
        self.cut_short = False
        """Whether the body is longer than `longest_body` and was not waited for."""

    def __len__(self) -> int:
        return len(self._bytes)

    def feed(self, data: bytes) -> None:
        """Add received bytes."""
        searched = max(0, len(self._bytes) - len(_END) + 1)
        self._bytes += data
        if not self._head:
            end = self._bytes.find(_END, searched)
            if end >= 0:
                self._head = end + len(_END)
                self._read_head()

    @property
    def is_hopeless(self) -> bool:
        """Whether the head is longer than LONGEST_HEAD and has not ended."""
        return not self._head and len(self._bytes) > LONGEST_HEAD

    @property
    def has_head(self) -> bool:
        """Whether the head is complete; the body may still be arriving."""
        return bool(self._head)

    @property
    def path(self) -> bytes:
        """The path in the request line, without its query."""
        parts = bytes(self._bytes[: self._bytes.find(b"\r\n")]).split(b" ")
        return parts[1].partition(b"?")[0] if len(parts) == 3 else b""

    def expects_go_ahead(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body; True only once for each request."""
        expects, self._expects = self._expects, False
        return expects and not self.is_whole()

    def is_whole(self) -> bool:
        """Whether the first request is complete, head and body."""
        if not self._head:
            return False
        if self._body is None:
            self._body = self._chunked_length()
        return self._body is not None and len(self._bytes) >= self._head + self._body

    def take(self) -> bytes:
        """Remove and return the first request, which must be complete; bytes after it stay."""
        end = self._head + (self._body or 0)
        request, rest = bytes(self._bytes[:end]), bytes(self._bytes[end:])
        self._bytes.clear()
        self._forget()
        self.feed(rest)
        return request

    def _read_head(self) -> None:
        """Find where the body ends. When the fields contradict each other no body is awaited."""
        fields: dict[bytes, list[bytes]] = {}
        for name, value in _FIELD.findall(self._bytes[: self._head]):
            fields.setdefault(name.lower(), []).append(value.strip())
        lengths, codings = fields.get(b"content-length", []), fields.get(b"transfer-encoding", [])
        self._expects = b"100-continue" in (value.lower() for value in fields.get(b"expect", []))
        if [coding.lower() for coding in codings] == [b"chunked"] and not lengths:
            self._chunk_at = self._head
            return
        length = int(lengths[0]) if len(lengths) == 1 and re.fullmatch(rb"\d{1,18}", lengths[0]) and not codings else 0
        self.cut_short = length > self.longest_body
        self._body = 0 if self.cut_short else length

    def _chunked_length(self) -> int | None:
        """The length of the chunked body; None while its end has not arrived."""
        while True:
            if len(self._bytes) - self._head > self.longest_body + LONGEST_CHUNK_LINE:
                self.cut_short = True
                return len(self._bytes) - self._head
            line_end = self._bytes.find(b"\r\n", self._chunk_at)
            if line_end < 0:
                return self._malformed() if len(self._bytes) - self._chunk_at > LONGEST_CHUNK_LINE else None
            size = bytes(self._bytes[self._chunk_at : line_end]).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
                return self._malformed()
            if int(size, 16) == 0:
                end = self._bytes.find(_END, line_end)
                if end >= 0:
                    return end + len(_END) - self._head
                return self._malformed() if len(self._bytes) - line_end > LONGEST_HEAD else None
            following = line_end + 2 + int(size, 16) + 2
            if following > len(self._bytes):
                return None
            self._chunk_at = following

    def _malformed(self) -> int:
        return len(self._bytes) - self._head
