"""Requests for notifications are found by their age, to be deleted when they were kept long enough."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX notification_request_age ON notification_request (created_at)")
