"""AI tasks, attempts, processors and effects: the only context that changes external systems. It plans nothing and
shows no pages."""
