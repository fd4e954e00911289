"""What people know of a customer: facts with their own details, holds, readings of scores and of usage. Signals become
facts, present scores the first readings, and a customer may have no renewal date.

`renewal_order` is the renewal date for lists, and a day that no calendar reaches where there is none.
"""

import json
import uuid
from datetime import date

from peewee import BooleanField, DateField, DateTimeField, IntegerField, JSONField, Model, PostgresqlDatabase, TextField

NAMESPACE = uuid.UUID("6f0d2c58-6a3e-4c86-9a2f-5f0f4f2f1d10")
BY = json.dumps({"kind": "schedule", "id": "migration", "name": "Tandem"})


def up(migrator, db):
    class Table(Model):
        class Meta:
            database = db

    class CustomerFact(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        kind = TextField()
        state = TextField()
        is_open = BooleanField()
        on = DateField(null=True)
        due_on = DateField(null=True)
        source = TextField(null=True)
        note = TextField(default="")
        details = JSONField()
        by = JSONField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        version = IntegerField(default=1)

        class Meta:
            table_name = "customer_fact"
            indexes = (
                (("tenant_id", "customer_id", "created_at", "id"), False),
                (("tenant_id", "customer_id", "is_open", "created_at", "id"), False),
            )

    class CustomerHold(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        reason = TextField()
        from_on = DateField()
        until_on = DateField(null=True)
        asked_by = TextField(null=True)
        exceptions = JSONField()
        by = JSONField()
        created_at = DateTimeField()
        lifted_at = DateTimeField(null=True)
        lifted_by = JSONField(null=True)
        lifted_reason = TextField(null=True)
        version = IntegerField(default=1)

        class Meta:
            table_name = "customer_hold"
            indexes = ((("tenant_id", "customer_id", "created_at", "id"), False),)

    class ScoreReading(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        measure = TextField()
        on = DateField()
        value = IntegerField()
        source = TextField()
        note = TextField(default="")
        created_at = DateTimeField()

        class Meta:
            table_name = "score_reading"
            indexes = ((("tenant_id", "customer_id", "measure", "on", "created_at", "id"), False),)

    class UsageReading(Table):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        product = TextField(default="")
        site = TextField(default="")
        on = DateField()
        active = IntegerField(null=True)
        licensed = IntegerField(null=True)
        live = BooleanField(default=True)
        source = TextField(null=True)
        note = TextField(default="")
        created_at = DateTimeField()
        version = IntegerField(default=1)

        class Meta:
            table_name = "usage_reading"
            indexes = (
                (("tenant_id", "customer_id", "on", "id"), False),
                (("tenant_id", "customer_id", "product", "site", "on"), True),
            )

    db.create_tables([CustomerFact, CustomerHold, ScoreReading, UsageReading])
    _add_columns(db)
    _signals(db)
    _scores(db)
    db.execute_sql("ALTER TABLE customer DROP COLUMN signals")


def _add_columns(db):
    json_type = "JSONB" if isinstance(db, PostgresqlDatabase) else "JSON"
    columns = {
        "customer": (
            "renewal_date DATE",
            "renewal_terms TEXT NOT NULL DEFAULT 'dated'",
            "renewal_date_source TEXT",
            "notes TEXT NOT NULL DEFAULT ''",
            "tier TEXT",
            "parent_name TEXT",
            "parent_relation TEXT",
            "executive_sponsor TEXT",
            "language TEXT",
            "fiscal_year_end DATE",
        ),
        "contact": (
            f"other_roles {json_type} NOT NULL DEFAULT '[]'",
            "signs BOOLEAN NOT NULL DEFAULT FALSE",
            "signing_limit TEXT",
            "signing_currency TEXT",
            "last_touch_by TEXT",
            "answered BOOLEAN",
            "left_on DATE",
            "left_to TEXT",
            "away_from DATE",
            "away_until DATE",
            "deputy_id TEXT",
            "channel TEXT",
            "organisation TEXT",
        ),
        "contract": (
            "kind TEXT NOT NULL DEFAULT 'main_agreement'",
            "relates_to_id TEXT",
            "relation TEXT",
            "state TEXT NOT NULL DEFAULT 'signed'",
            "language TEXT",
            f"parties {json_type} NOT NULL DEFAULT '[]'",
            "amount TEXT",
            "currency TEXT",
            f"products {json_type} NOT NULL DEFAULT '[]'",
            "committed_until DATE",
            "anniversary_on DATE",
            f"price_steps {json_type} NOT NULL DEFAULT '[]'",
            f"windows {json_type} NOT NULL DEFAULT '[]'",
        ),
    }
    db.execute_sql("ALTER TABLE customer RENAME COLUMN renewal_date TO renewal_order")
    for table, definitions in columns.items():
        for definition in definitions:
            db.execute_sql(f"ALTER TABLE {table} ADD COLUMN {definition}")
    db.execute_sql("UPDATE customer SET renewal_date = renewal_order")


def _signals(db):
    columns = (
        "id, tenant_id, customer_id, kind, state, is_open, source, note, details, by, created_at, updated_at, version"
    )
    columns += ', "on"'
    places = ", ".join([db.param] * 14)
    found = db.execute_sql("SELECT id, tenant_id, signals, updated_at FROM customer").fetchall()
    for customer_id, tenant_id, signals, at in found:
        for number, signal in enumerate(json.loads(signals) if isinstance(signals, str) else signals or []):
            row_id = str(uuid.uuid5(NAMESPACE, f"{customer_id}:{number}"))
            details = json.dumps({"percent": signal.get("percent")})
            note, on = signal.get("note") or "", signal.get("observedOn")
            if on and not _is_day(on):
                note, on = f"{note} ({on})".strip(), None
            values = (row_id, tenant_id, customer_id, signal["kind"], "open", True, None, note, details, BY, at, at, 1)
            db.execute_sql(f"INSERT INTO customer_fact ({columns}) VALUES ({places})", (*values, on or None))  # noqa: S608


def _is_day(text):
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-11-30")


def _scores(db):
    columns = 'id, tenant_id, customer_id, measure, "on", value, source, note, created_at'
    places = ", ".join([db.param] * 9)
    for measure, column in (("health", "health_score"), ("likelihood", "renewal_likelihood")):
        found = db.execute_sql(
            f"SELECT id, tenant_id, {column}, updated_at FROM customer WHERE {column} IS NOT NULL"  # noqa: S608
        ).fetchall()
        for customer_id, tenant_id, value, at in found:
            row_id = str(uuid.uuid5(NAMESPACE, f"{customer_id}:{measure}"))
            values = (row_id, tenant_id, customer_id, measure, str(at)[:10], value, "As entered", "", at)
            db.execute_sql(f"INSERT INTO score_reading ({columns}) VALUES ({places})", values)  # noqa: S608
