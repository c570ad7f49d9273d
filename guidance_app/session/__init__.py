"""A session on disk: format, writer, reader, recovery, replay."""
