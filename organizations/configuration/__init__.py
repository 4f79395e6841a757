"""What an organization says of itself, and what it may use."""
