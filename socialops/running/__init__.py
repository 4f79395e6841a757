"""How the processes of an installation are started and kept."""
