"""What an attempt came to, as it can be stored: a result that was checked, or the failure that an exception means."""

from __future__ import annotations

import json
import re
import traceback
from pathlib import Path

from services.executor.finishing import Failure
from services.executor.processors import OutcomeUnknown, Permanent, Result, Transient

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
MAX_TEXT = 20_000
INSTALLATION = f"{Path(__file__).resolve().parents[2]}/"
"""Removed from stack traces, so that they do not show where Tandem is installed."""

MAX_RESULT = 1024 * 1024


def failure_of(error: Exception) -> Failure:
    """The failure for an exception. The exceptions of the processor API say whether to retry; any other is retried."""
    stack = "".join(traceback.format_exception(error)).replace(INSTALLATION, "")[-MAX_TEXT:]
    return Failure(
        type=type(error).__name__,
        message=_storable(str(error)[:2000] or type(error).__name__),
        stack_trace=_storable(stack),
        permanent=isinstance(error, Permanent),
        outcome_unknown=isinstance(error, OutcomeUnknown),
        after=error.after if isinstance(error, Transient) else None,
    )


def checked_result(result: Result) -> Result:
    """The result if it can be stored. Permanent when it is not JSON, is too long or holds a NUL, because another
    attempt would return the same."""
    try:
        content = {"value": result.value, "requests": [request.data for request in result.requests]}
        text = json.dumps(content, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError) as error:
        raise Permanent(f"The processor's result is not JSON that can be kept: {error}") from error
    if len(text) > MAX_RESULT:
        raise Permanent(f"The processor's result is longer than {MAX_RESULT} characters.")
    if NUL.search(text):
        raise Permanent("The processor's result holds a NUL character, which no column can.")
    return result


def _storable(text: str) -> str:
    """The text without characters that no database column can hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
