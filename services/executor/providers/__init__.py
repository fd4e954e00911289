"""The outside systems, one module each: the only modules that reach beyond the house."""
