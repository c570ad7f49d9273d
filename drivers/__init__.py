"""How to talk to devices; knows nothing of the application."""
