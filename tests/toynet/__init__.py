"""A network that lives outside of the product, as docs/adding-a-network.md tells: NETWORK_PACKAGES=tests.toynet."""
