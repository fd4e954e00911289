"""Indexes that long lists are filtered and sorted by, and the words that partnerships and runs are found by."""

from peewee import CompositeKey, Model, PostgresqlDatabase, TextField

from shared.search.terms import words_of

AT_ONCE = 500
MOST_WORDS = 200

MOVING = (
    "(stage = 'New Lead' AND last_heard_at > '1970-01-01 00:00:00.000000' AND last_heard_at >= stage_changed_at"
    " OR stage = 'Conversation Active' AND mou_sent_on IS NOT NULL"
    " OR stage = 'MOU Sent' AND mou_signed_on IS NOT NULL"
    " OR stage = 'MOU Signed' AND (last_heard_at > mou_signed_on OR mou_signed_on IS NULL AND last_heard_at > stage_changed_at))"
)

DROPPED = (
    "partnership_tenant_id_name_key_id",
    "partnership_tenant_id_last_contact_at_id",
    "partnership_tenant_id_priority_last_contact_at_id",
    "partnership_tenant_id_stage_name_key_id",
    "partnership_tenant_id_stage_last_contact_at_id",
    "partnership_tenant_id_owner_name_key_id",
    "partnership_tenant_id_owner_last_contact_at_id",
    "partnership_tenant_id_next_call_on_id",
    "activity_tenant_id_partnership_id_at_id",
    "objective_tenant_id_ends_on_id",
    "objective_tenant_id_status_ends_on_id",
    "guidedrun_tenant_id_created_at_id",
    "guidedrun_tenant_id_status_created_at_id",
    "guided_run_tenant_id_owner_created_at_id",
    "guided_run_tenant_id_template_id_created_at_id",
)

PRESENT = {
    "partnership_by_name": "name_key, id, stage, owner, priority, last_contact_at",
    "partnership_by_contact": "last_contact_at, id, stage, owner, priority, created_at",
    "partnership_by_priority": "priority, last_contact_at, id, stage, owner, created_at",
    "partnership_by_call": "next_call_on, priority, id, stage, owner, last_contact_at, created_at",
    "partnership_by_age": "created_at, id, stage, owner, priority, last_contact_at",
    "partnership_of_stage": "stage, priority, last_contact_at, id, last_heard_at, created_at, name_key",
    "partnership_of_owner": "owner, stage, priority, last_contact_at, id, created_at, name_key",
}
"""Of the partnerships that were not removed, each within a tenant."""

OTHERS = (
    "activity_newest ON activity (tenant_id, partnership_id, at, id, kind)",
    "objective_soonest ON objective (tenant_id, ends_on, id, status, owner)",
    "objective_of_status ON objective (tenant_id, status, ends_on, id, owner)",
    "guided_run_newest ON guided_run (tenant_id, created_at, id, status, owner, template_id)",
    "guided_run_of_status ON guided_run (tenant_id, status, created_at, id, owner, template_id)",
    "guided_run_of_owner ON guided_run (tenant_id, owner, created_at, id, status, template_id)",
    "guided_run_of_template ON guided_run (tenant_id, template_id, created_at, id, status, owner)",
    "search_word_found ON search_word (tenant_id, kind, word, subject_id)",
)


def up(migrator, db):
    class SearchWord(Model):
        kind = TextField()
        subject_id = TextField()
        word = TextField(collation='"C"' if isinstance(db, PostgresqlDatabase) else None)
        tenant_id = TextField()

        class Meta:
            database = db
            table_name = "search_word"
            primary_key = CompositeKey("kind", "subject_id", "word")

    db.create_tables([SearchWord])
    _fill(db, SearchWord, "partnership", "SELECT id, tenant_id, search_key FROM partnership WHERE deleted_at IS NULL")
    _fill(db, SearchWord, "guided-run", "SELECT id, tenant_id, name FROM guided_run")
    for name in DROPPED:
        db.execute_sql(f"DROP INDEX {name}")
    db.execute_sql("ALTER TABLE partnership DROP COLUMN search_key")
    for name, columns in PRESENT.items():
        db.execute_sql(f"CREATE INDEX {name} ON partnership (tenant_id, {columns}) WHERE deleted_at IS NULL")
    db.execute_sql(
        "CREATE INDEX partnership_moving ON partnership"
        " (tenant_id, priority, last_contact_at, id, stage, owner, created_at)"
        f" WHERE deleted_at IS NULL AND {MOVING}"
    )
    for index in OTHERS:
        db.execute_sql(f"CREATE INDEX {index}")


def _fill(db, table, kind, query):
    """The words of what is there already."""
    found = db.execute_sql(query).fetchall()
    for at in range(0, len(found), AT_ONCE):
        rows = [
            {"kind": kind, "subject_id": subject_id, "tenant_id": tenant_id, "word": word}
            for subject_id, tenant_id, text in found[at : at + AT_ONCE]
            for word in words_of(text, most=MOST_WORDS)
        ]
        for start in range(0, len(rows), AT_ONCE):
            table.insert_many(rows[start : start + AT_ONCE]).execute()
