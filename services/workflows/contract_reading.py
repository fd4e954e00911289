"""Applies what the executor tells of the reading of a contract's file, and fetches the text that was read.

The AI task's result names the text in the file store, because a text may be longer than a change in a feed should be.
It is fetched between two transactions; until then the contract is being read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.workflows import models, states
from services.workflows.contracts import READER, SOURCE
from services.workflows.models import Contract, acts, db, feed
from shared.database.connection import session
from shared.database.model import Columns
from shared.feed.consumer import Change
from shared.ground.errors import NotFound, Unavailable
from shared.ground.json_types import JsonObject
from shared.ground.principal import Principal

FETCHED_AT_ONCE = 20
MOST_REFUSED = 3
NO_TEXT = "The file has no text, as a scan has none."
CANCELLED = "Its reading was cancelled."
GONE = "The text that was read is not in the file store any more."

LoadText = Callable[[str, str], str]
"""The text of a tenant's file by its hash. NotFound; Unavailable."""


def is_about(data: JsonObject) -> bool:
    """Whether an AI task of the executor is the reading of a contract of ours."""
    source = data.get("source") or {}
    return (source.get("service"), source.get("kind")) == (feed.source, SOURCE) and data.get("processor") == READER


def apply(change: Change) -> None:
    """Write the state of a reading on its contract. Only the latest of a retry chain counts, and nothing does once a
    person has typed the text."""
    data = change.data
    if change.deleted:
        return
    row = models.contracts.get_or_none_for_update(change.tenant_id, data["origin"])
    if row is None or row.id != data["source"]["id"] or row.file_sha256 is None or _is_old(row, data, change.version):
        return
    columns: Columns = {"run_id": data["id"], "run_number": data["retryNumber"], "run_version": change.version}
    row.write(**columns | _text_columns(row, data))
    if row.text_state in ("no_text", "failed"):
        _record(row, change.now)


def _is_old(row: Contract, data: JsonObject, version: int) -> bool:
    return (data["retryNumber"], version) <= (row.run_number, row.run_version)


def _text_columns(row: Contract, data: JsonObject) -> Columns:
    """What becomes of the text; nothing when the executor tells nothing new of it."""
    status = data["status"]
    if status in ("queued", "running"):
        # It was retried where its run is shown.
        again = row.text_state in states.CONTRACT_TEXT.sources("read again") and data["retryNumber"] > row.run_number
        return {"text_state": "reading", "text_problem": None} if again else {}
    if row.text_state != "reading":
        return {}
    if status == "success":
        return _read(data["result"])
    why = CANCELLED if status == "cancelled" else (data["error"] or {}).get("message")
    return {"text_state": states.CONTRACT_TEXT.after("fail", row.text_state), "text_problem": why}


def _read(result: JsonObject) -> Columns:
    problems = result["problems"]
    columns: Columns = {"file_pages": result["pages"], "text_problem": " ".join(problems) or None}
    if result["textSha256"] is None:
        text_problem = " ".join([NO_TEXT, *problems])
        return columns | {
            "text_state": states.CONTRACT_TEXT.after("find nothing", "reading"),
            "text_problem": text_problem,
        }
    return columns | {"text_sha256": result["textSha256"]}


def fetch_texts(load_text: LoadText, now: datetime) -> int:
    """Fetch the texts that wait in the file store. Returns how many contracts have theirs now. A text that
    the executor does not hand out waits for the next time, and holds up no other; Unavailable when there are several
    such texts."""
    kept, refused, after = 0, 0, ""
    while True:
        with session(db):
            waiting = models.contracts.with_text_to_fetch(after, FETCHED_AT_ONCE)
        for row in waiting:
            try:
                text = load_text(row.tenant_id, str(row.text_sha256))
            except NotFound:
                text = None
            except Unavailable:
                refused += 1
                if refused == MOST_REFUSED:
                    raise
                continue
            with session(db):
                kept += _keep(row.tenant_id, row.id, str(row.text_sha256), text, now)
        if len(waiting) < FETCHED_AT_ONCE:
            return kept
        after = waiting[-1].id


def _keep(tenant_id: str, contract_id: str, sha256: str, text: str | None, now: datetime) -> bool:
    """Keep the text, if the contract still waits for this one; None is a text that is gone."""
    with feed.transaction():
        row = models.contracts.get_or_none_for_update(tenant_id, contract_id)
        if row is None or row.text_sha256 != sha256 or row.text_state != "reading":
            return False
        if text is None:
            after = states.CONTRACT_TEXT.after("fail", row.text_state)
            row.write(text_state=after, text_problem=GONE, text_sha256=None)
        else:
            row.write(text_state=states.CONTRACT_TEXT.after("keep", row.text_state), text=text, text_sha256=None)
        _record(row, now)
        return text is not None


def _record(row: Contract, now: datetime) -> None:
    by = Principal("ai_task", str(row.run_id), f"Read {row.file_name}", row.tenant_id)
    details = {"contract": row.id, "title": row.title, "state": row.text_state}
    acts.record(by, "read contract", "customer", row.customer_id, now=now, details=details)
