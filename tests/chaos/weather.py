"""What befalls one call, drawn from the seed and what is called: repeatable, whatever the timing."""

import random
from dataclasses import dataclass

WRITES = {
    "": 50,
    "slow": 8,
    "late": 4,  # done after the caller has given up
    "silent": 3,
    "silent_after": 4,
    "limited": 4,
    "limited_bare": 1,
    "error": 4,
    "error_after": 5,
    "cut": 4,
    "cut_after": 5,
    "nonsense": 2,
    "half": 2,
    "empty": 1,
    "revoked": 1,
    "duplicate": 2,
}
LAG = 60.0  # seconds, in real life: how far a list may be behind
LATE = 5.0  # how long after the caller gave up something may still be done
READS = {"": 80, "slow": 5, "error": 5, "cut": 4, "nonsense": 2, "half": 2, "limited": 2}


@dataclass(frozen=True)
class Weather:
    """`patience` is how long a caller waits, in seconds; what the networks do to us is scaled like our waits."""

    seed: int
    patience: float
    waits_percent: int

    def of_write(self, text: str, nth: int) -> str:
        return self._drawn(WRITES, f"write:{text}:{nth}")

    def of_read(self, profile: str, nth: int) -> str:
        return self._drawn(READS, f"read:{profile}:{nth}")

    def lag_of(self, text: str) -> float:
        """Most posts show at once."""
        dice = random.Random(f"{self.seed}:lag:{text}")
        return dice.uniform(0, LAG * self.waits_percent / 100) if dice.random() < 0.3 else 0.0

    @property
    def lateness(self) -> float:
        return self.patience + LATE * self.waits_percent / 100

    def slowness(self, text: str) -> float:
        return random.Random(f"{self.seed}:slow:{text}").uniform(0.1, 0.7) * self.patience

    def _drawn(self, weights: dict[str, int], what: str) -> str:
        return random.Random(f"{self.seed}:{what}").choices([*weights], [*weights.values()])[0]
