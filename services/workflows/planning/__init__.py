"""Drafting an action plan, and checking its items; pure."""
