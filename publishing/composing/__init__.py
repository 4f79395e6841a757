"""What a post says, on which network, by whose hand."""
