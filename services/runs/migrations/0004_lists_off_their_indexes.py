"""What long lists and searches need to answer off their indexes alone: with each word the place of its subject, and in each index of
the partnerships that were not removed the column that says so, without which SQLite reads every row."""

from peewee import PostgresqlDatabase

NAMES = "(SELECT p.name_key FROM partnership p WHERE p.id = search_word.subject_id)"
MOMENTS = {
    True: "(SELECT to_char(r.created_at, 'YYYY-MM-DD HH24:MI:SS.US') FROM guided_run r WHERE r.id = search_word.subject_id)",
    False: "(SELECT r.created_at FROM guided_run r WHERE r.id = search_word.subject_id)",
}
"""By whether it is PostgreSQL; SQLite holds its moments as such texts."""

MOVING = (
    "(stage = 'New Lead' AND last_heard_at > '1970-01-01 00:00:00.000000' AND last_heard_at >= stage_changed_at"
    " OR stage = 'Conversation Active' AND mou_sent_on IS NOT NULL"
    " OR stage = 'MOU Sent' AND mou_signed_on IS NOT NULL"
    " OR stage = 'MOU Signed' AND (last_heard_at > mou_signed_on OR mou_signed_on IS NULL AND last_heard_at > stage_changed_at))"
)

PRESENT = {
    "partnership_by_name": "name_key, id, stage, owner, priority, last_contact_at",
    "partnership_by_contact": "last_contact_at, id, stage, owner, priority, created_at",
    "partnership_by_priority": "priority, last_contact_at, id, stage, owner, created_at",
    "partnership_by_call": "next_call_on, priority, id, stage, owner, last_contact_at, created_at",
    "partnership_by_age": "created_at, id, stage, owner, priority, last_contact_at",
    "partnership_of_stage": "stage, priority, last_contact_at, id, last_heard_at, created_at, name_key",
    "partnership_of_owner": "owner, stage, priority, last_contact_at, id, created_at, name_key",
    "partnership_moving": "priority, last_contact_at, id, stage, owner, created_at",
}
"""Each within a tenant."""


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    collation = ' COLLATE "C"' if postgres else ""
    db.execute_sql(f"ALTER TABLE search_word ADD COLUMN place TEXT{collation} NOT NULL DEFAULT ''")
    for kind, place in (("partnership", NAMES), ("guided-run", MOMENTS[postgres])):
        db.execute_sql(f"UPDATE search_word SET place = COALESCE({place}, '') WHERE kind = '{kind}'")  # noqa: S608
    db.execute_sql("DROP INDEX search_word_found")
    db.execute_sql("CREATE INDEX search_word_found ON search_word (tenant_id, kind, word, place, subject_id)")
    for name, columns in PRESENT.items():
        moving = f" AND {MOVING}" if name == "partnership_moving" else ""
        db.execute_sql(f"DROP INDEX {name}")
        db.execute_sql(
            f"CREATE INDEX {name} ON partnership (tenant_id, {columns}, deleted_at) WHERE deleted_at IS NULL{moving}"
        )
