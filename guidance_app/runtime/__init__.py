"""Threads: acquisition, mailbox, engine."""
