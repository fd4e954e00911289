"""What no column can hold, what is too deep or too long, and cursors that are none of ours."""

from __future__ import annotations

import base64

UNFIT = {
    "NaN": (b'{"a": {"b": NaN}}', "a.b"),
    "infinity": (b'{"a": [1, -Infinity]}', "a.1"),
    "a float that is infinite": (b'{"a": 1e999}', "a"),
    "5,000 digits": (b'{"a": ' + b"9" * 5_000 + b"}", "a"),
    "65 bits": (b'{"a": 18446744073709551616}', "a"),
    "NUL": (b'{"a": ["x", "\\u0000"]}', "a.1"),
    "NUL in a name": (b'{"a": {"b\\u0000": 1}}', "a.b?"),
    "half a pair": (b'{"a": "\\ud800"}', "a"),
    "half a pair in a name": (b'{"\\udfff": "a"}', "?"),
    "1,000 levels": (b'{"a": ' + b"[" * 1_000 + b"]" * 1_000 + b"}", None),
    "100 levels": (b'{"a": ' + b'{"b":' * 100 + b"1" + b"}" * 100 + b"}", "a"),
    "100,000 brackets": (b"[" * 100_000, None),
}
"""A body, and the field that the refusal names (None where all of it is meant)."""


def sealed(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = [
    "é",
    "a\ud800".encode("ascii", "backslashreplace").decode(),
    *map(sealed, ['["\\ud800", "\\ud800"]', '["a", "\\u0000"]', "[NaN, 1]", "[1e999, 1e999]", "[" * 400, "9" * 400]),
    *map(sealed, ['["0001-01-01T00:00:00+23:59", "a"]', '["a", "a"]', "[true, true]", "[null, null]", "{}", "-1", "0"]),
]
