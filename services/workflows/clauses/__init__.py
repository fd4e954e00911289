"""Reads clauses in a contract's text: one module for each clause, each finding with its sentence."""
