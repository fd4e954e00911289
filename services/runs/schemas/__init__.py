"""The REST schemas of runs, for requests and answers."""
