"""Sample partnerships and objectives, as files."""
