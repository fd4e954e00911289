"""The rows of a step: its config, the rows that it shows and stores, and their progress."""
