"""The tables of the sandbox CRM, how a file of before gets its tenants, and the messages of the real CRM."""

from __future__ import annotations

import sqlite3

TABLES = """
CREATE TABLE IF NOT EXISTS opportunity (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL, primary_contact TEXT, previous_contact TEXT, modified_at TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id));
CREATE TABLE IF NOT EXISTS activity (
    id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, opportunity_id TEXT NOT NULL, subject TEXT NOT NULL,
    description TEXT NOT NULL, key TEXT NOT NULL, fence INTEGER NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS activity_opportunity ON activity (tenant_id, opportunity_id);
CREATE INDEX IF NOT EXISTS activity_key ON activity (key);
CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, fence INTEGER NOT NULL, body TEXT NOT NULL, tenant_id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS answer_key ON answer (key);
CREATE TABLE IF NOT EXISTS closed_key_of_tenant (
    tenant_id TEXT NOT NULL, key TEXT NOT NULL, fence INTEGER NOT NULL, PRIMARY KEY (tenant_id, key));
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, opportunity_id TEXT NOT NULL, error TEXT NOT NULL,
    fields TEXT NOT NULL, times_left INTEGER NOT NULL, after_commit INTEGER NOT NULL);
"""

WITHOUT_TENANT = ""
"""The tenant of rows that were written before rows had a tenant. They belong to whoever has the key, which only one
task has."""

ADD_TENANTS = (
    "ALTER TABLE answer ADD COLUMN tenant_id TEXT NOT NULL DEFAULT ''",
    "INSERT INTO closed_key_of_tenant (tenant_id, key, fence) SELECT '', key, fence FROM closed_key",
    "DROP TABLE closed_key",
)

MESSAGES = {
    "UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record",
    "SERVER_UNAVAILABLE": "The server is temporarily unavailable, please try again.",
    "TIMEOUT": "Your request was running for too long, and no answer came.",
    "INVALID_FIELD": "No such column on entity Opportunity.",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "A validation rule refused the value.",
    "ENTITY_IS_DELETED": "entity is deleted",
    "INSUFFICIENT_ACCESS_OR_READONLY": "insufficient access rights on object id",
}
"""The real CRM's messages by error code; any other code gets a plain one."""


def add_tenants(crm: sqlite3.Connection) -> None:
    """Add the tenant to the tables of a file from before rows had one."""
    if crm.execute("SELECT 1 FROM sqlite_master WHERE name = 'closed_key'").fetchone():
        for statement in ADD_TENANTS:
            crm.execute(statement)
