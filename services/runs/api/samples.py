"""The REST API of the samples of a tenant."""

from __future__ import annotations

from flask_smorest import Blueprint

from services.runs import sample_removal
from services.runs.sample_removal import SampleOverview
from services.runs.schemas.samples import SampleOverviewSchema
from shared.web import callers

samples = Blueprint("samples", __name__, url_prefix="/api/samples", description="The sample data.")


@samples.get("")
@callers.needs("member")
@samples.response(200, SampleOverviewSchema)
def read() -> SampleOverview:
    """How much of the samples there is, and what would stay if they were removed."""
    return sample_removal.overview(callers.by().tenant_id)
