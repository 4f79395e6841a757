"""When posts leave, and what becomes of those that could not."""
