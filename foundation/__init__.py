"""The lowest floor: it knows no app, no model and no tenant."""
