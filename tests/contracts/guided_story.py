"""A guided run by REST in which something of each kind is done: reviewed, sent, booked, moved, asked for, noted and told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import requests

from shared.ground import clock
from tests.house import House, eventually

STEPS = ("review", "email", "schedule", "update_stage", "create_task", "note")


def walked(house: House) -> str:
    """The id of a run that was walked to its end, with a colleague who was told of it."""
    colleague = house.get("monitor", "/api/people")["items"][0]["id"]
    told = {"name": "Harbor Contracts", "contacts": [{"name": "Grace", "email": "grace@contracts.test"}]}
    partnership = house.post("runs", "/api/partnerships", told)["id"]
    steps = [
        {
            "actionType": kind,
            "title": f"To {kind}",
            "config": {"partnershipIds": [partnership]} if kind != "note" else {},
        }
        for kind in STEPS
    ]
    told = {"steps": steps, "name": "Contracts", "owner": colleague}
    run = eventually(lambda: _started(house, told), seconds=30)
    path = f"/api/guided-runs/{run['id']}"
    house.post("runs", f"{path}/comments", {"body": "Have a look, please.", "mentions": [colleague]})
    for step in run["steps"]:
        _walk(house, f"{path}/steps/{step['id']}", step["actionType"], partnership)
    house.post("runs", f"{path}/complete")
    return run["id"]


def _started(house: House, body: dict[str, Any]) -> dict[str, Any] | None:
    """The run, once runs has heard of the colleague to whom it is given."""
    answer = requests.post(house.url("runs") + "/api/guided-runs", json=body, headers=house.headers(), timeout=30)
    return answer.json() if answer.status_code == 201 else None


def _walk(house: House, step: str, kind: str, partnership: str) -> None:
    house.post("runs", f"{step}/start")
    house.post("runs", f"{step}/actions", _action(kind, partnership, house.get("runs", f"{step}/data")))
    eventually(lambda: _is_through(house.get("runs", f"{step}/data")), seconds=30)
    house.post("runs", f"{step}/complete")


def _action(kind: str, partnership: str, data: dict[str, Any]) -> dict[str, Any]:
    about = {"partnershipId": partnership}
    soon = clock.rfc3339(clock.now().replace(microsecond=0) + timedelta(days=2))
    return {
        "review": lambda: {"type": "review_row", "rowId": data["items"][0]["id"], "mark": data["marks"][0]},
        "email": lambda: {"type": "send_email", "all": True},
        "schedule": lambda: {"type": "schedule_meeting", "startsAt": soon, **about},
        "update_stage": lambda: {"type": "update_stage", "stage": "Conversation Active", **about},
        "create_task": lambda: {"type": "create_task", "title": "Call them back", **about},
        "note": lambda: {"type": "add_note", "text": "They are well.", **about},
    }[kind]()


def _is_through(data: dict[str, Any]) -> bool:
    """Whether the others have told what became of all that was asked of them."""
    sent = all(one["status"] == "sent" for one in data["deliveries"])
    return sent and all(one["status"] != "asked" for one in data["tasks"])
