"""What every context needs in order to be a service: the published language (contracts) and the plumbing. It imports no
service."""
