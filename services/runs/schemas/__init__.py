"""The shapes of runs over REST: what is accepted, and what is answered."""
