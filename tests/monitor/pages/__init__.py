"""The console's pages through the application."""
