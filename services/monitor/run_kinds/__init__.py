"""The list of the kinds of run, with a module for each. docs/extending.md shows how to add one."""

from __future__ import annotations

from services.monitor.run_kinds.ai_task import AiTask
from services.monitor.run_kinds.guided_run import GuidedRun
from services.monitor.run_kinds.run_kind import RunKind
from services.monitor.run_kinds.workflow_execution import WorkflowExecution

RUN_KINDS: tuple[RunKind, ...] = (WorkflowExecution(), AiTask(), GuidedRun())
KEYS = tuple(kind.key for kind in RUN_KINDS)

_BY_KEY = {kind.key: kind for kind in RUN_KINDS}
_BY_CHANGE = {kind.change: kind for kind in RUN_KINDS}


def named(key: str) -> RunKind:
    """The kind of this key; KeyError when there is none."""
    return _BY_KEY[key]


def by_themselves() -> frozenset[str]:
    """The keys of the kinds whose runs go on without people."""
    return frozenset(kind.key for kind in RUN_KINDS if kind.by_itself)


def published_as(change: str | None) -> RunKind | None:
    """The kind whose runs are published as changes of this kind ("guided-run"); None if there is none."""
    return _BY_CHANGE.get(change or "")


def sharing(listings: tuple[str, ...]) -> tuple[RunKind, ...]:
    """The kinds whose runs are shown under any of these listings."""
    return tuple(kind for kind in RUN_KINDS if set(kind.listings) & set(listings))
