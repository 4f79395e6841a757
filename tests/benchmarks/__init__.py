"""Figures, each beside a yardstick that was measured in the same run. `make bench` runs them all."""
