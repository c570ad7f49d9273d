"""PyQt6 widgets that render view records and emit intents."""
