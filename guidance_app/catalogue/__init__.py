"""The library of recorded sessions: read into the index, searched, and scored, many at once."""
