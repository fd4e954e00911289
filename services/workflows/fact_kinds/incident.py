"""Incident: an outage or a fault that the customer felt."""

from services.workflows.fact_kinds.fact_kind import SERVICE, Details, FactKind, joined, number, text


class IncidentDetails(Details):
    """The details of this kind."""

    reference = text("Reference")
    severity = number("Severity", 5)
    hours = number("Hours", 10_000)
    report = text("Report accepted by")


KIND = FactKind(
    key="incident",
    group=SERVICE,
    title="Incident",
    help="An outage or a fault that the customer felt.",
    details=IncidentDetails,
    says=lambda details: joined(
        details["reference"], f"severity {details['severity']}" if details["severity"] is not None else None
    ),
)
