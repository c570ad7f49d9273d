"""What the fixture `debrief` gives."""

from collections.abc import Callable

Debrief = Callable[..., tuple[str, bytes]]
"""Makes of a session the text of its page and the bytes of its PDF."""
