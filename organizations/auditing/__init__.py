"""Who did what: written once, read in words and as files."""
