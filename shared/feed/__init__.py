"""The change feed of a service, the consumers of the feeds of others, and the replicas that they keep."""
