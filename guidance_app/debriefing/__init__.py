"""A session as something to take away: one page with its clip, or pages on paper, without names."""
