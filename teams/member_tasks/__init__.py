"""Work that members give one another."""
