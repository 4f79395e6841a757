"""What networks tell us, asked for or pushed, and what our profiles are called there."""
