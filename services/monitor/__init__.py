"""Monitor owns what people see of everything that runs, notifications, the trail, people and sign-in; it decides nothing else."""
