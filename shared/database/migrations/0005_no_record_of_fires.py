"""Nothing read when a schedule was fired: a due time is taken by a guarded write of the schedule's own row."""


def up(migrator, db):
    db.execute_sql("DROP TABLE schedule_fire")
