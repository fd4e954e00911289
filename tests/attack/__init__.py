"""The product attacked on purpose, on this machine alone and bounded in count and time: `python -m tests.attack <what>`."""
