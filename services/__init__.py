"""The bounded contexts. Each owns a database; none imports another."""
