"""Why there is no picture, or no recording: checks whose answers are sentences to act on."""
