"""The calls of a row are looked up whenever one is booked."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX meeting_row_id ON meeting (row_id)")
