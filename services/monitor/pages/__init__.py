"""The pages that people see: doors that ask the monitor and, over REST, the other contexts, and render templates."""

from services.monitor.pages import (
    admin,
    contacts,
    effects,
    failures,
    frame,
    later,
    monitor,
    notifications,
    plans,
    renewal,
    renewals,
    run,
    sign_in,
    streams,
    tasks,
)

blueprints = (
    frame.blueprint,
    sign_in.blueprint,
    monitor.blueprint,
    run.blueprint,
    effects.blueprint,
    streams.blueprint,
    renewal.blueprint,
    renewals.blueprint,
    plans.blueprint,
    tasks.blueprint,
    contacts.blueprint,
    notifications.blueprint,
    admin.blueprint,
    later.blueprint,
)
failed = failures.failed
