"""AI tasks, attempts, processors and effects: the only context that changes anything outside; it plans nothing and
shows no page."""
