"""Signs and verifies tokens, and makes keys."""
