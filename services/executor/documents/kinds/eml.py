"""E-mails, by the standard library: the text, then each attachment of a kind that is read."""

from __future__ import annotations

from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.policy import default
from html.parser import HTMLParser

from services.executor.documents.content import Content, Refused
from services.executor.documents.kinds import docx, pdf, txt
from shared.contracts import document_files

MEDIA_TYPE = document_files.EML.media_type
SHOWN = ("Subject", "From", "To", "Date")
MOST_ATTACHMENTS, DEEPEST, LONGEST_NAME = 20, 4, 100
BLOCKS = frozenset(("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote"))
UNREAD = frozenset(("script", "style", "head", "title", "template"))

READ = {kind.MEDIA_TYPE: kind.read for kind in (pdf, docx, txt)}
"""The kinds of attachment, besides e-mails, which are read here."""


def read(content: bytes, most_pages: int) -> Content:
    """The text of the e-mail and of its attachments, also of those of an e-mail that is attached to it. An attachment
    that cannot be read is a problem of its own; Refused when there is no text and every attachment was refused."""
    reading = _Reading(most_pages)
    try:
        reading.message(message_from_bytes(content, policy=default), 0)  # type: ignore[arg-type]
    except (MessageError, LookupError, ValueError, RecursionError) as error:
        raise Refused("It is damaged: it cannot be read as an e-mail.") from error
    if not reading.has_text and reading.refused:
        raise Refused(reading.problems[0])
    text = "\n\n".join(reading.parts) if reading.has_text else ""
    return Content(text, reading.pages, reading.problems)


class _Reading:
    """What was read of one e-mail so far."""

    def __init__(self, most_pages: int) -> None:
        self.pages_left = most_pages
        self.pages: int | None = None
        self.parts: list[str] = []
        self.problems: list[str] = []
        self.attachments = 0
        self.has_text = False
        self.refused = False

    def message(self, message: EmailMessage, depth: int) -> None:
        """Read the heads that people see, the body, and the attachments."""
        self.parts.append("\n".join(f"{name}: {message[name]}" for name in SHOWN if message[name]))
        body = message.get_body(("plain", "html"))
        if body is not None:
            self._add(_text_of(body))
        for part in message.iter_attachments():
            self._attachment(part, depth)

    def _attachment(self, part: MIMEPart, depth: int) -> None:
        file_name = part.get_filename() or "without a name"
        name = file_name[:LONGEST_NAME]
        self.attachments += 1
        if self.attachments > MOST_ATTACHMENTS:
            if self.attachments == MOST_ATTACHMENTS + 1:
                self.problems.append(f"Only the first {MOST_ATTACHMENTS} attachments were read.")
            return
        if part.get_content_type() == MEDIA_TYPE:
            self._attached_message(part, name, depth)
            return
        content = part.get_payload(decode=True)
        kind = document_files.by_name(file_name) or document_files.by_media_type(part.get_content_type())
        if not isinstance(content, bytes) or kind is None:
            self.problems.append(f"The attachment “{name}” is of a kind that is not read.")
        elif not kind.fits(content):
            self.problems.append(f"The attachment “{name}” is {document_files.what_it_is(content)}, not what it says.")
        elif kind is document_files.EML:
            self._nested(message_from_bytes(content, policy=default), name, depth)  # type: ignore[arg-type]
        else:
            self._file(content, kind, name)

    def _attached_message(self, part: MIMEPart, name: str, depth: int) -> None:
        inner = part.get_payload()
        if isinstance(inner, list) and inner:
            self._nested(inner[0], name, depth)  # type: ignore[arg-type]

    def _nested(self, message: EmailMessage, name: str, depth: int) -> None:
        if depth >= DEEPEST:
            self.problems.append(f"The attachment “{name}” is an e-mail within too many others; it was not read.")
            return
        self.parts.append(f"Attachment: {name}")
        self.message(message, depth + 1)

    def _file(self, content: bytes, kind: document_files.DocumentKind, name: str) -> None:
        try:
            found = READ[kind.media_type](content, self.pages_left)
        except Refused as error:
            self.refused = True
            self.problems.append(f"The attachment “{name}” was not read. {error}")
            return
        if found.pages is not None:
            self.pages = (self.pages or 0) + found.pages
            self.pages_left -= found.pages
        self.problems += [f"In the attachment “{name}”: {problem}" for problem in found.problems]
        if not found.text.strip():
            self.problems.append(f"The attachment “{name}” has no text, as a scan has none.")
            return
        self.parts.append(f"Attachment: {name}")
        self._add(found.text)

    def _add(self, text: str) -> None:
        if text.strip():
            self.has_text = True
            self.parts.append(text)


def _text_of(body: MIMEPart) -> str:
    """The text of a body; one in an encoding that it says wrongly is read as a file without one would be."""
    try:
        text = body.get_content()
    except LookupError:
        content = body.get_payload(decode=True)
        text = txt.decoded(content) if isinstance(content, bytes) else ""
    return text_of_html(text) if body.get_content_type() == "text/html" else str(text)


class _Words(HTMLParser):
    """Collects what a person would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.unread += tag in UNREAD
        if tag in BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        self.unread = max(0, self.unread - (tag in UNREAD))
        if tag in BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if not self.unread:
            self.found.append(data)


def text_of_html(text: str) -> str:
    """What a person would read of a web page."""
    words = _Words()
    words.feed(text)
    words.close()
    return "".join(words.found)
