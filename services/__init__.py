"""Bounded contexts. Each owns a database; none imports another."""
