"""The REST API of the monitor."""

from services.monitor.api import acts, admin, notifications, people, runs

blueprints = (runs.blueprint, admin.blueprint, people.blueprint, notifications.blueprint, acts.blueprint)
