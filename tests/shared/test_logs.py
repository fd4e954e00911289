"""What a log says last of a process that ended."""

from __future__ import annotations

import json

import pytest

from shared.ground import logs

TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nValueError: broken\n'
JSON = json.dumps(
    {"level": "error", "event": "a loop failed", "exception": [{"exc_type": "KeyError", "exc_value": "7"}]}
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        (TRACEBACK, "ValueError: broken"),
        (TRACEBACK + "[2026] [12] [ERROR] Reason: Worker failed to boot.\n", "ValueError: broken"),
        ('{"level": "info", "event": "working"}\n' + JSON + "\n", "a loop failed: KeyError: 7"),
        (JSON + '\n{"level": "info", "event": "stopped"}\n', "a loop failed: KeyError: 7"),
        ("TANDEM_SLOTS: Not a valid integer.\n", "TANDEM_SLOTS: Not a valid integer."),
        ('{"level": "error"', '{"level": "error"'),
    ],
)
def test_the_last_error_is_found(tmp_path, text, said):
    file = tmp_path / "log"
    file.write_text("OldError: long ago\n" + text)
    assert logs.last_error(file, len("OldError: long ago\n")) == said
