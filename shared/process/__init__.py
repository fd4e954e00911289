"""The processes of a service, and of an installation on one machine."""
