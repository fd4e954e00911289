"""Checks everything that arrives over HTTP before a view reads it: bodies, forms, query strings, paths, and
headers that are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask.json.provider import DefaultJSONProvider
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge

from shared.ground import errors, strict_json
from shared.web import error_responses

LONGEST_BODY = 1024 * 1024
LONGEST_FILE = 8 * 1024 * 1024
FORM_AROUND_FILE = 64 * 1024
"""What a form may hold beside the file that it sends."""

STORED_HEADERS = ("Idempotency-Key",)
"""Headers whose text is stored."""


class StrictJson(DefaultJSONProvider):
    """Flask's JSON, which accepts only what can be stored."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a JSON text; see `shared.ground.strict_json.loads`."""
        return strict_json.loads(s if isinstance(s, str) else s.decode())


def takes_files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a view whose body may be as long as a file."""
    view.longest_body = LONGEST_FILE  # type: ignore[attr-defined]
    return view


def takes_documents(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a view that takes a file, in a form or by itself, of the length that the settings allow; JSON may be
    as long as with `takes_files`."""
    view.takes_documents = True  # type: ignore[attr-defined]
    return takes_files(view)


def check(view: Callable[..., Any] | None, longest_document: int) -> None:
    """Refuse what no view can accept: Malformed, TooLarge or Invalid, each saying what is wrong. Without a view nothing
    is read. `longest_document` is in bytes."""
    if view is None:
        return
    _check_texts("The address", _address())
    _check_texts("A header", ((name, request.headers.get(name, "")) for name in STORED_HEADERS))
    if _read_body(_longest_body(view, longest_document)):
        _parse_body()


def refuse_repeated_parameters() -> None:
    """Refuse a parameter that is given twice under `error_responses.MACHINE`: none there takes several values, and one would be ignored
    silently."""
    if request.path.startswith(error_responses.MACHINE):
        refuse_repeated(*request.args)


def refuse_repeated(*names: str) -> None:
    """Invalid, naming them, when one of these query parameters is given more than once."""
    repeated = [name for name in names if len(request.args.getlist(name)) > 1]
    if repeated:
        raise errors.Invalid(
            f"The address gives {', '.join(repeated)} more than once.",
            errors={name: ["Give it once; it takes one value."] for name in repeated},
        )


def _longest_body(view: Callable[..., Any], longest_document: int) -> int:
    if getattr(view, "takes_documents", False) and not request.is_json:
        return longest_document + FORM_AROUND_FILE
    return getattr(view, "longest_body", LONGEST_BODY)


def _address() -> Iterable[tuple[str, str]]:
    yield "path", request.path
    for name, text in request.args.items(multi=True):
        yield name, name + text


def _read_body(limit: int) -> bytes:
    """Read the whole body and keep it for later readers.

    It requests one byte more than the limit, because werkzeug silently cuts a body without a length at the limit.
    """
    request.max_content_length = request.max_form_memory_size = limit + 1
    try:
        body = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    except (ParseException, ClientDisconnected) as error:
        raise errors.Malformed("The body is not framed as HTTP frames it, or ended too early.") from error
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> errors.TooLarge:
    return errors.TooLarge(f"What was sent is too large: this takes at most {limit // 1024:,} kB.")


def _parse_body() -> None:
    if request.is_json:
        try:
            request.get_json()
        except BadRequest as error:
            raise errors.Malformed("The body is no JSON.", errors={"json": ["Invalid JSON body."]}) from error
        return
    _check_texts("The form", ((name or "", (name or "") + text) for name, text in request.form.items(multi=True)))


def _check_texts(what: str, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        if reason := strict_json.text_fault(text):
            shown = "".join(letter if letter.isprintable() else "?" for letter in name)
            raise errors.Invalid(f"{what} holds a character that no field can.", errors={shown: [reason]})
