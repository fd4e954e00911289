"""Questions and commands to the contexts that own what the console shows, over REST."""

from __future__ import annotations

from typing import Any

from shared.acts import By
from shared.http import Client
from shared.settings import Settings

OWNERS = ("runs", "workflows", "executor")

_clients: dict[str, Client] = {}


def connect(settings: Settings) -> None:
    """Make the clients of this process, as the console: it signs for itself and for the people who are signed in."""
    _clients.update({name: Client(settings, name) for name in OWNERS})


def to(service: str) -> Client:
    """The client of one owner: `to("workflows").get("/api/customers", as_person=by)`. Unavailable when it does not answer."""
    return _clients[service]


def retry(service: str, run_id: str, by: By, *, from_step: str | None, dry_run: bool) -> dict[str, Any]:
    """Ask the owner of a run to try again, for a person: `{"newRunId", "plan": {"runsAgain", "fromCache", "standing"}}`."""
    body = {"dryRun": dry_run} | ({"fromStep": from_step} if from_step else {})
    return to(service).post(f"/internal/runs/{run_id}/retry", body, for_person=by)


def cancel(service: str, run_id: str, by: By) -> None:
    """Ask the owner of a run to stop it, for a person."""
    to(service).post(f"/internal/runs/{run_id}/cancel", for_person=by)
