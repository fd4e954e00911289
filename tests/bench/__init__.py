"""What Tandem's figures are on this machine, each beside its peer or its floor, measured in one run; nothing here is a test."""
