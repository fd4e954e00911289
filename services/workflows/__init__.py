"""Customers, contacts, contracts, renewal workflows, action plans, tasks and triggers; never the outside world."""
