"""The REST schemas of the monitor; the console's pages use the same ones."""
