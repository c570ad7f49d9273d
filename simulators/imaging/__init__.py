"""From a body and a held probe to the picture a console shows."""
