"""The published language: the shapes that cross a boundary between contexts, or out of the house."""
