"""Stopping what leaves, and releasing it."""
