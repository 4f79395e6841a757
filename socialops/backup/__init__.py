"""One archive of database and media, and the way back (docs/adr/0015-restored.md)."""
