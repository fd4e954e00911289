"""The kinds of rows that can be imported, each in a module of its own."""

from services.workflows.import_kinds.contacts import CONTACTS
from services.workflows.import_kinds.customers import CUSTOMERS
from services.workflows.import_kinds.usage_readings import USAGE_READINGS

KINDS = (CUSTOMERS, CONTACTS, USAGE_READINGS)
__all__ = ["CONTACTS", "CUSTOMERS", "KINDS", "USAGE_READINGS"]
