"""The REST door of runs."""

from services.runs.api.guided_runs import guided_runs
from services.runs.api.objectives import objectives
from services.runs.api.partnerships import partnerships
from services.runs.api.templates import templates

blueprints = (guided_runs, partnerships, objectives, templates)
