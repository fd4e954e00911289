"""Owns guided runs, their templates, partnerships and objectives. It calls no external system and renders no page."""
