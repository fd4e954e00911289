"""Removes the samples of a tenant, by a request to the services that loaded them."""

from __future__ import annotations

from datetime import datetime

from services.monitor import seeding
from services.monitor.models import acts, feed, outgoing_requests
from services.monitor.models import people as rows
from shared.ground import ids
from shared.ground.principal import Principal

KIND = "sample-removal-request"


def remove(by: Principal, *, now: datetime) -> bool:
    """Request the removal of the samples of the caller's tenant. Returns False when it was requested before; then nothing
    changes. A service that is away removes its part when it is back."""
    request_id = request_of(by.tenant_id)
    with feed.transaction():
        if is_requested(by.tenant_id):
            return False
        outgoing_requests.add(
            request_id, KIND, tenant_id=by.tenant_id, source_id=by.tenant_id, body={"by": by.as_json()}, now=now
        )
        acts.record(by, "asked for the removal of the samples", "tenant", by.tenant_id, now=now)
        return True


def request_of(tenant_id: str) -> str:
    """The id of the request for the removal of a tenant's samples, which is made once."""
    return ids.named("sample-removal", tenant_id)


def is_requested(tenant_id: str) -> bool:
    """Whether the removal of the samples was requested."""
    return outgoing_requests.exists(tenant_id, request_of(tenant_id))


def has_other_people(by: Principal) -> bool:
    """Whether anybody is here besides the caller and the sample people."""
    known = {by.id, *(ids.named("person", email) for _, _, email, _ in seeding.PEOPLE)}
    return any(person_id not in known for person_id in rows.names_of(by.tenant_id))


def are_first_steps_hidden(by: Principal) -> bool:
    """Whether the caller has hidden the first steps."""
    person = rows.person(by.tenant_id, by.id)
    return person is not None and person.first_steps_hidden


def hide_first_steps(by: Principal) -> None:
    """Hide the first steps from the caller for good. It is not recorded, because it is nobody else's business."""
    with feed.transaction():
        person = rows.person(by.tenant_id, by.id)
        if person is not None and not person.first_steps_hidden:
            rows.change(person, first_steps_hidden=True)
