"""Acts are found by their age, to be deleted when they were kept long enough."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX act_age ON act (at)")
