"""The REST schemas of workflows, for requests and answers."""
