"""The REST schemas of the executor."""
