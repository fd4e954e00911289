"""Owns guided runs, their templates, partnerships and objectives; it never waits for the outside world and renders no page."""
