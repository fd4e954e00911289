"""The action types, one module each with all that is specific to it; `registry` lists them."""
