"""SQLite and PostgreSQL: connections, tables, pages of a list, migrations and backups."""
