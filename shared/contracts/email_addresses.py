"""The one definition of valid e-mail addresses, for all input and all mails."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any

from marshmallow import ValidationError, validate

LONGEST = 254
"""The longest address in characters (RFC 5321, 4.5.3.1.3, without the angle brackets)."""

UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that no header may hold: line breaks of every kind, other control characters, and halves of surrogate
pairs."""

NO_ADDRESS = "Not an e-mail address."
_EMAIL = validate.Email(error=NO_ADDRESS)


def is_address(text: str) -> bool:
    """Whether the text is a usable address: `name@domain` and nothing else, with a name that every mail server accepts.

    The standard library's parser alone accepts much that no server does.
    """
    if UNFIT.search(text) or len(text) > LONGEST or not text.rpartition("@")[0].isascii():
        return False
    try:
        _EMAIL(text)
        header_address("", text)
    except (ValidationError, ValueError, MessageError):
        return False
    return True


def is_header_text(text: str) -> bool:
    """Whether a header can hold this text."""
    return not UNFIT.search(text)


def header_address(name: str, email: str) -> Address:
    """The address for a header, its domain in IDNA. ValueError or MessageError when it is not an address."""
    user, _, domain = email.rpartition("@")
    return Address(name, addr_spec=f"{user}@{domain.encode('idna').decode()}")


class IsAddress(validate.Validator):
    """A validator that raises ValidationError unless the value is an e-mail address."""

    def __call__(self, value: Any) -> Any:
        """Return the value, or raise ValidationError."""
        if not is_address(str(value)):
            raise ValidationError(NO_ADDRESS)
        return value
