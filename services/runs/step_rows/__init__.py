"""What a step shows and counts: its config, the rows that it asks for and keeps, and how far they are done."""
