"""Bytes of device protocols to messages and back: no socket, no waiting, no clock."""
