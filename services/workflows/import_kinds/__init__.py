"""The kinds of rows that can be imported, each in a module of its own."""

from services.workflows.import_kinds.contacts import CONTACTS
from services.workflows.import_kinds.customers import CUSTOMERS

KINDS = (CUSTOMERS, CONTACTS)
__all__ = ["CONTACTS", "CUSTOMERS", "KINDS"]
