"""The change feed of a service, the consumers of other services' feeds, and the replicas that they store."""
