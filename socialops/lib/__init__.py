"""What landed migrations import from here stands in `foundation` now."""
