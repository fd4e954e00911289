"""The four contexts by name, for tests that hold for all of them."""

from __future__ import annotations

from services.executor.app import CONTEXT as EXECUTOR
from services.monitor.app import CONTEXT as MONITOR
from services.runs.app import CONTEXT as RUNS
from services.workflows.app import CONTEXT as WORKFLOWS

CONTEXTS = {"runs": RUNS, "workflows": WORKFLOWS, "executor": EXECUTOR, "monitor": MONITOR}
