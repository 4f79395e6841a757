"""Whether the database is the one that we wrote: its pulse, and every time that an older state of it came back."""

from django.db import models


class Pulse(models.Model):
    """One row. Each beat counts it up and notes the transaction that did so: a row that was loaded from a dump stands
    in another one. Never rewrite this table in a migration, or it will look like such a copy."""

    beat = models.BigIntegerField(default=0)
    written_in = models.BigIntegerField(null=True)  # the row's own xmin
    beaten_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)  # when the last worker ended as it was told to

    def __str__(self) -> str:
        return f"beat {self.beat}"


class Restoration(models.Model):
    """An older state came back. What it holds as not sent may have left since `dumped_at`, so it is looked for."""

    class How(models.TextChoices):
        RESTORE = "restore"  # by our own command
        COPY = "copy"  # the rows were loaded from a dump
        BEHIND = "behind"  # the database is behind what was known of it
        GAP = "gap"  # nothing beat for long, and nobody had stopped it: the whole machine may be an older one

    how = models.CharField(max_length=10, choices=How)
    dumped_at = models.DateTimeField()  # nothing that left after this is known
    noticed_at = models.DateTimeField()
    written_before = models.DateTimeField()  # which rows it is about: those written before this
    planned_before = models.DateTimeField(null=True)  # and planned for no later than this
    archive = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.how} of {self.dumped_at:%Y-%m-%d %H:%M}"
