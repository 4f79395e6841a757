"""What the processes of an installation share through Redis."""
