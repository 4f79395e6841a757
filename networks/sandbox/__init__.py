"""Practice networks: an HTTP server inside the product that speaks the networks own dialects."""
