"""Where the lists show a run is said by a column of that name."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE run RENAME COLUMN shelf TO listing")
