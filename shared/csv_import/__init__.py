"""Imports CSV files: matches each line with a row, writes it, and returns a receipt."""
