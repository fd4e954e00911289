"""What every context needs to be a service: the published language and the plumbing. It knows no service."""
