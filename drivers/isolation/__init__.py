"""Reading a device in a process of its own, which may hang or crash and be replaced."""
