"""The REST door of runs."""

from services.runs.api.guided_runs import guided_runs

blueprints = (guided_runs,)
