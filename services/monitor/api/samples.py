"""The REST API of the samples of a tenant."""

from __future__ import annotations

from flask_smorest import Blueprint

from services.monitor import samples
from services.monitor.schemas.samples import SampleRemovalSchema
from shared.ground import clock
from shared.web import callers

blueprint = Blueprint("samples_api", __name__, url_prefix="/api/samples", description="The sample data.")


@blueprint.post("/removal")
@callers.needs("admin")
@blueprint.response(202, SampleRemovalSchema)
def remove() -> dict[str, bool]:
    """Have the samples of the tenant removed by the services that loaded them. A repeat changes nothing."""
    return {"is_new": samples.remove(callers.by(), now=clock.now())}
