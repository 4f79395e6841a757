"""Finding by what people remember, in any script, at every door."""
