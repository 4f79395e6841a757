"""How we speak to others, and to whom not."""
