"""Imports of CSV files: which row each line means, what becomes of it, and a receipt for it."""
