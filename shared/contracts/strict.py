"""Strict marshmallow fields: one line, several lines, true or false, integers, JSON of a limited size."""

from __future__ import annotations

import json
import re
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

LONGEST_ID = 80
LONGEST_OBJECT = 64 * 1024

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Line breaks of every kind and other control characters, which mail headers and lists cannot show."""

ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff]")
"""Invisible characters that come with text copied from documents."""

NOT_ONE_LINE = "It is more than one line, or holds a control character."
EMPTY = "It is empty."
_IN_LINE = r"[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*"


def on_one_line(text: str) -> str:
    """The text on one line, for texts that were stored before that was required."""
    return " ".join(CONTROL.sub(" ", text).split())


class StrictSchema(Schema):
    """A shape in which an unknown field is an error."""

    class Meta:
        unknown = RAISE


class Line(fields.String):
    """A text of one line, without control characters; zero-width characters are removed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = ZERO_WIDTH.sub("", super()._deserialize(value, attr, data, **kwargs))
        if CONTROL.search(text):
            raise ValidationError(NOT_ONE_LINE)
        return text


class Flag(fields.Boolean):
    """True or false only; neither 1 nor "yes"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value is not True and value is not False:
            raise self.make_error("invalid", input=value)
        return value


class JsonObjectField(fields.Dict):
    """Any JSON object of at most `longest` characters."""

    def __init__(self, *, longest: int = LONGEST_OBJECT, **options: Any) -> None:
        super().__init__(keys=fields.String(), **options)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict) and len(json.dumps(value)) > self.longest:
            raise ValidationError(f"Longer than {self.longest} characters.")
        return super()._deserialize(value, attr, data, **kwargs)


def line(longest: int, **options: Any) -> Line:
    """One line that is not blank, of at most `longest` characters."""
    says = validate.Regexp(rf"^{_IN_LINE}\S{_IN_LINE}\Z", error=EMPTY)
    return Line(validate=[validate.Length(1, longest), says, *_more(options)], **options)


def optional_line(longest: int, **options: Any) -> Line:
    """One line of at most `longest` characters, which may be empty, or null."""
    return Line(**{"allow_none": True, "load_default": None, "validate": _line_or_empty(longest), **options})


def line_or_empty(longest: int, **options: Any) -> Line:
    """One line of at most `longest` characters, which may be empty."""
    return Line(validate=[*_line_or_empty(longest), *_more(options)], **options)


def prose(longest: int, **options: Any) -> fields.String:
    """A text of several lines that is not blank, of at most `longest` characters."""
    says = validate.Regexp(r"[\s\S]*\S", error=EMPTY)
    return fields.String(validate=[validate.Length(1, longest), says, *_more(options)], **options)


def optional(longest: int, **options: Any) -> fields.String:
    """A text of several lines, of at most `longest` characters, or null."""
    return fields.String(
        **{"allow_none": True, "load_default": None, "validate": validate.Length(max=longest), **options}
    )


def an_id(**options: Any) -> Line:
    """A field for an id."""
    return line(LONGEST_ID, **options)


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    """A whole number within bounds; a number in quotes is refused."""
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


def _line_or_empty(longest: int) -> list[Any]:
    return [validate.Length(max=longest), validate.Regexp(rf"^{_IN_LINE}\Z", error=NOT_ONE_LINE)]


def _more(options: dict[str, Any]) -> list[Any]:
    """The further validators in a field's options."""
    more = options.pop("validate", [])
    return list(more) if isinstance(more, list | tuple) else [more]
