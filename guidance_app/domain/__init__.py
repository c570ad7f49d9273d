"""What the application talks about; standard library and numpy only."""
