"""Owns customers, contacts, contracts, renewal workflows, action plans, tasks and triggers. It calls no external
system."""
