"""What this floor does when the floors below tell it something."""
