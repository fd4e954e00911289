"""Owns guided runs, their templates and recurrences, partnerships and objectives. It renders no page, and calls no
external system."""
