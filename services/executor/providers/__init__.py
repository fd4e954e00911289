"""The external systems, one module each: the only modules that communicate with anything outside Tandem."""
