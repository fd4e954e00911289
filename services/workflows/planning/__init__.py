"""Drafts an action plan and checks its items, as pure functions."""
