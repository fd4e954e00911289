"""Notifications and the trail are found by their age, to be deleted when they were kept long enough."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX notification_age ON notification (created_at)")
    db.execute_sql("CREATE INDEX notification_read_age ON notification_read (at)")
    db.execute_sql("CREATE INDEX trail_act_age ON trail_act (at)")
