"""What is known of a network that is not well, and of limits that are used up. Losing a row loses no post.

Both belong to the network and to our app there, so to every organization; a practice network belongs to the one that
practises on it, so that practising never holds what is real.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Reach(models.Model):
    """Whom a row is about: all profiles of a network, or on a practice network those of one organization."""

    network = models.CharField(max_length=20)
    sandbox = models.BooleanField(default=False)
    organization = models.ForeignKey(  # only for a practice network
        "organizations.Organization", on_delete=models.CASCADE, null=True, related_name="+"
    )

    class Meta:
        abstract = True


class Circuit(Reach):
    """A network that did not answer lately: `failures` are counted, then it is open, then it is caught up. One that
    answers, but refuses our app, is open without failures.

    There is none for a network that is well. While it is open one row at a time may leave, as a probe, from `next_at`
    on; while it is caught up `next_at` spaces the rows out.
    """

    failures = models.PositiveIntegerField(default=0)  # in a row, since it answered last
    profiles = ArrayField(models.BigIntegerField(), default=list)  # that failed or were refused, each once
    failing_since = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # it answers again, since then
    next_at = models.DateTimeField(null=True)
    probing = models.BooleanField(default=False)
    wait = models.DurationField(null=True)  # between the last two probes

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "sandbox", "organization"], name="circuit_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.network}{' (practice)' if self.sandbox else ''}"

    @property
    def failure_mode(self) -> str:
        """Whether it is silent, or answers (it has, since it last failed) and refuses our app; empty while it is shut
        to nobody."""
        if self.opened_at is None:
            return ""
        return "silent" if self.failures else "refuses"


class Limit(Reach):
    """What a network takes no more of until its limit resets: from one profile, or from everybody who uses our app.

    A profile from which it takes nothing at all is held by `Profile.held_until` instead.
    """

    class Of(models.TextChoices):
        ALL = "all"  # nothing leaves
        POSTS = "posts"  # what is left of it is kept for people's replies
        READS = "reads"  # no polling, no measuring

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, null=True, related_name="+")
    of = models.CharField(max_length=10, choices=Of)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "sandbox", "organization", "profile", "of"], name="limit_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.network}: {self.of} until {self.until}"
