"""The REST API of runs."""

from services.runs.api.comments import comments
from services.runs.api.deliveries import deliveries
from services.runs.api.finding import finding
from services.runs.api.guided_runs import guided_runs
from services.runs.api.imports import imports
from services.runs.api.objectives import objectives
from services.runs.api.partnerships import partnerships
from services.runs.api.recurrences import recurrences
from services.runs.api.run_control import run_control
from services.runs.api.samples import samples
from services.runs.api.steps import steps
from services.runs.api.templates import templates

blueprints = (
    guided_runs,
    steps,
    deliveries,
    comments,
    partnerships,
    imports,
    finding,
    objectives,
    templates,
    recurrences,
    run_control,
    samples,
)
