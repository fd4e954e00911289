"""The code that every context shares to be a service: the published language (contracts) and the plumbing. It imports
no service."""
