"""The facts about a customer: its record, people and contracts, and the signals and usage derived from them."""
