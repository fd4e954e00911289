"""The merges of a customer's contacts are found, for the addresses that a hold covers."""


def up(migrator, db):
    db.execute_sql("CREATE INDEX contact_merge_customer_id ON contact_merge (customer_id)")
