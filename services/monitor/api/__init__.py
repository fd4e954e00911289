"""The REST API of the monitor."""

from services.monitor.api import acts, admin, notifications, people, runs, samples, saved_views

blueprints = (
    runs.blueprint,
    admin.blueprint,
    people.blueprint,
    notifications.blueprint,
    acts.blueprint,
    saved_views.blueprint,
    samples.blueprint,
)
