"""Bulk rows of realistic shape for benchmarks and pictures: most of it past, a little ahead, a busy few profiles.

Written past the actions on purpose, in batches; the same numbers always make the same rows (relative to `now`).
"""
