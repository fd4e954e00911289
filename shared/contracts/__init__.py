"""The published language: the schemas of everything that crosses a boundary between contexts, or leaves Tandem."""
