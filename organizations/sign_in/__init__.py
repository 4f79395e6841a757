"""Signing in, by whatever way, and how long that lasts."""
