"""Finds rows by words, and reads pages of long lists."""
