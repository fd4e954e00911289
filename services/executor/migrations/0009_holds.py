"""A copy of the holds of customers: whom nothing may reach, and for how long."""

from peewee import BigIntegerField, BooleanField, DateField, JSONField, Model, TextField


def up(migrator, db):
    class Hold(Model):
        id = TextField(primary_key=True)
        tenant_id = TextField()
        customer_id = TextField()
        customer_name = TextField()
        reason = TextField()
        from_on = DateField()
        until_on = DateField(null=True)
        lifted = BooleanField()
        time_zone = TextField(null=True)
        addresses = JSONField()
        source_version = BigIntegerField()

        class Meta:
            database = db
            table_name = "hold"
            indexes = ((("tenant_id", "lifted"), False),)

    db.create_tables([Hold])
