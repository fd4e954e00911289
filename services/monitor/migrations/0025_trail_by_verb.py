"""The audit trail is found by what was done."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX trail_act_of_verb ON trail_act (tenant_id, verb, at, id)")
