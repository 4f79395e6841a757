"""Floor 5: numbers."""

from analytics.models.numbers import Measurement, Rollup, Snapshot

__all__ = ["Measurement", "Rollup", "Snapshot"]
