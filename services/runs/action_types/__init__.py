"""The action types: one module each, which holds all that is known of it; `registry` lists them."""
