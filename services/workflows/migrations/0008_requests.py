"""Requests to other services are one table, whatever their kind."""

from shared.feed import request_table


def up(migrator, db):
    request_table.create(db, "workflows")
