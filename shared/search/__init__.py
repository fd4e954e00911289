"""Finding rows by words."""
