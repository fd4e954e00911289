"""AI tasks, attempts, processors and effects: the only context that changes anything outside. It plans nothing and
shows no pages."""
