"""What is known of a customer: its record, people and papers, the signals and the use that are read from them; pure."""
