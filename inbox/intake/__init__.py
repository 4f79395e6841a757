"""What comes in becomes threads."""
