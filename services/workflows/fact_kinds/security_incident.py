"""Security incident: something happened to data or systems, on either side."""

from services.workflows.fact_kinds.fact_kind import (
    SIGNAL,
    WATCHED,
    Details,
    FactKind,
    choice,
    joined,
    percent,
    text,
)
from shared.contracts.customers import SIDES


class SecurityIncidentDetails(Details):
    """The details of this kind."""

    side = choice("On whose side", SIDES)
    reference = text("Reference")
    percent = percent()


KIND = FactKind(
    key="security_incident",
    group=SIGNAL,
    title="Security incident",
    help="Something happened to data or systems, on either side.",
    details=SecurityIncidentDetails,
    says=lambda details: joined(details["side"], details["reference"]),
    states=WATCHED,
)
