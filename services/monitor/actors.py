"""Applies the changes in the feeds of the other services, and in the monitor's own, to the read model."""

from __future__ import annotations

from services.monitor import projecting
from services.monitor.freshness import NotingReader
from services.monitor.models import feed, runs
from services.monitor.run_kinds import RUN_KINDS
from shared.ground import clock

reader = NotingReader(feed, clock.now)

for kind in RUN_KINDS:
    reader.applies(kind.owner, kind.change)(projecting.runs_of(kind))
    reader.forgets(kind.owner, kind.change)(runs.older(kind.key))
    if kind.step_change:
        reader.applies(kind.owner, kind.step_change)(projecting.steps_of(kind))
        reader.forgets(kind.owner, kind.step_change)(runs.older_steps(kind.key))

for source in ("executor", "workflows", "runs", "monitor"):
    reader.applies_together(source, "act")(projecting.acts)

for source in ("executor", "workflows", "runs"):
    reader.applies_together(source, "notification-request")(projecting.notification_requests)
