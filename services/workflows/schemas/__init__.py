"""Shapes accepted and returned over REST."""
