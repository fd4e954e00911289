"""Monitor owns the list of everything that runs, notifications, the audit trail, people and sign-in. It makes no decision about work: it
asks the owner."""
