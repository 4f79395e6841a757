"""Who belongs to an organization: invited, there, leaving."""
