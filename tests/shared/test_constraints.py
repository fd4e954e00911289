"""What a constraint refused: a value that is taken is a Conflict with its field; a mistake of ours stays one."""

from __future__ import annotations

import peewee
import pytest

from shared.database import connection, constraints


@pytest.fixture
def table(make_database_url):
    db = connection.unbound_database()

    class Thing(peewee.Model):
        id = peewee.TextField(primary_key=True)
        tenant_id = peewee.TextField()
        external_id = peewee.TextField(null=True)
        size = peewee.IntegerField(constraints=[peewee.Check("size < 10")], default=1)

        class Meta:
            database = db
            indexes = ((("tenant_id", "external_id"), True),)

    connection.connect(db, make_database_url("things"))
    with connection.session(db):
        db.create_tables([Thing])
        Thing.create(id="1", tenant_id="demo", external_id="x")
        yield Thing


def refused(table, **values):
    with pytest.raises(connection.IntegrityError) as caught, table._meta.database.atomic():
        table.insert({"id": "2", "tenant_id": "demo"} | values).execute()
    return constraints.conflict_of(caught.value)


def test_a_value_that_is_taken_names_its_field(table):
    assert refused(table, external_id="x").errors == {"externalId": ["Another has it."]}


def test_an_id_that_is_taken_names_nothing_that_a_caller_knows(table):
    conflict = refused(table, id="1")
    assert (conflict.message, conflict.errors) == ("Another has this already.", {})


@pytest.mark.parametrize("values", [{"size": 11}, {"size": None}])
def test_what_only_we_can_have_done_is_no_conflict(table, values):
    assert refused(table, **values) is None


def test_a_statement_that_is_wrong_is_our_mistake_and_a_database_that_is_gone_is_not(table, engine, tmp_path):
    if engine == "sqlite":
        with pytest.raises(connection.OperationalError) as caught:
            table._meta.database.execute_sql("SELECT nothing FROM nowhere")
        assert constraints.is_our_mistake(caught.value)
    gone = connection.unbound_database()
    connection.connect(gone, f"sqlite:///{tmp_path}/no/such/folder.sqlite3")
    with pytest.raises(connection.OperationalError) as caught, connection.session(gone):
        gone.execute_sql("SELECT 1")
    assert not constraints.is_our_mistake(caught.value)
