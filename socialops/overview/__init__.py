"""What concerns every floor at once: the first page, the palette, what happened."""
