"""Words, names, numbers and days, whatever they belong to."""
