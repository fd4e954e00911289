"""The ground layer: time, ids, errors, settings, logs, and the principal who acts. It imports nothing else of Tandem."""
