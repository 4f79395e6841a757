"""Who may do what on which profile."""
