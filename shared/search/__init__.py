"""Finds rows by words."""
