"""Background work of this floor."""
