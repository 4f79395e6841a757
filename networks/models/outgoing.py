"""The one outbox. A row is a frozen draft that must leave once; an Attempt is one try, written before the call."""

from functools import cached_property

from django.db import models
from django.db.models import Q

from foundation.overtaking import mark_of
from foundation.states import Machine
from networks.contract import Draft
from organizations.tenancy import TenantModel


class Priority(models.IntegerChoices):
    """Which of a profile's due rows leaves first."""

    REPLY = 0
    POST = 1
    BULK = 2


class Held(models.TextChoices):
    """Why a waiting row may not be claimed, apart from its profile's and its network's health."""

    CHAIN = "chain"  # the part before it has not left
    TOO_LATE = "too_late"  # its organization wants to be asked before it leaves this late


class Outgoing(TenantModel):
    """Who may change it: the outbox (`networks.outbox`) and the floors above through `networks.actions.outgoing`."""

    MACHINE = Machine(
        {
            "begin": {"waiting": "sending"},
            "confirm": {"sending": "sent", "unknown": "sent"},
            "lose": {"sending": "unknown"},
            "doubt": {"unknown": "unknown", "waiting": "unknown", "sending": "unknown"},  # an older state came back
            "keep_looking": {"unknown": "unknown"},
            "postpone": {"sending": "waiting", "unknown": "waiting", "waiting": "waiting"},
            "refuse": {"sending": "failed", "unknown": "failed"},
            "retry": {"failed": "waiting"},
            "cancel": {"waiting": "cancelled", "failed": "cancelled", "unknown": "cancelled"},
        }
    )

    profile = models.ForeignKey("networks.Profile", on_delete=models.CASCADE, related_name="outgoing")
    key = models.CharField(max_length=100, unique=True)  # names the planned effect: the same effect cannot stand twice
    draft = models.JSONField()
    state = models.CharField(max_length=20, default="waiting")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.POST, db_default=Priority.POST.value)
    held = models.CharField(max_length=20, blank=True, default="", db_default="")
    after = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, db_index=False, related_name="followers")
    # the first part of the thread that this continues, and its place in it; networks.outbox.chains
    chain = models.ForeignKey("self", on_delete=models.CASCADE, null=True, db_index=False, related_name="parts")
    part = models.PositiveSmallIntegerField(default=1, db_default=1)
    planned_at = models.DateTimeField()  # when a person wanted it
    due_at = models.DateTimeField()  # when it is tried next
    bring_at = models.DateTimeField(null=True)  # when its files are brought to the network ahead of it
    claim = models.UUIDField(null=True)  # fencing token: who may begin and settle
    lease_until = models.DateTimeField(null=True)
    attempt_count = models.PositiveIntegerField(default=0)
    looks = models.PositiveSmallIntegerField(default=0)  # how often `find` was asked since the last ambiguous attempt
    resends = models.PositiveSmallIntegerField(default=0)  # sendings after an ambiguous one was looked for in vain
    needs_person = models.BooleanField(default=False)
    # the last return of an older state after which it was, or is (`doubted`), looked for before anything else
    restoration = models.ForeignKey(
        "networks.Restoration", on_delete=models.SET_NULL, null=True, db_index=False, db_constraint=False
    )
    doubted = models.BooleanField(default=False, db_default=False)
    written_at = models.DateTimeField(null=True)  # when its words were, where that was before the row
    former = models.JSONField(
        null=True
    )  # drafts of what it said when an older state came back; networks.outbox.former_drafts
    reason = models.CharField(max_length=500, blank=True)  # for people: why it waits, failed or is not known
    first_tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    circuit_id: int | None = None  # no column: for whom sends it, the circuit of its network, if that has one

    class Meta:
        indexes = [
            # what the dispatcher asks; each index holds only rows that are still alive
            models.Index(fields=["due_at", "id"], name="outgoing_due_open", condition=Q(state="waiting", held="")),
            models.Index(
                fields=["profile", "priority", "planned_at", "id"],
                name="outgoing_lane",
                condition=Q(state="waiting", held=""),
            ),
            models.Index(fields=["after"], name="outgoing_followers", condition=~Q(after=None)),
            models.Index(fields=["chain", "part"], name="outgoing_chain", condition=~Q(chain=None)),
            models.Index(fields=["profile"], name="outgoing_profile_busy", condition=Q(state="sending")),
            models.Index(fields=["profile"], name="outgoing_profile_unknown", condition=Q(state="unknown")),
            models.Index(fields=["lease_until"], name="outgoing_in_flight", condition=Q(state="sending")),
            models.Index(
                fields=["lease_until"], name="outgoing_untold", condition=~Q(state="sending") & ~Q(lease_until=None)
            ),
            models.Index(fields=["bring_at"], name="outgoing_bring", condition=Q(state="waiting") & ~Q(bring_at=None)),
            models.Index(fields=["due_at"], name="outgoing_unknown", condition=Q(state="unknown", needs_person=False)),
            models.Index(fields=["profile", "state"], name="outgoing_restored", condition=~Q(restoration=None)),
            models.Index(fields=["profile", "-planned_at", "-id"], name="outgoing_of_profile"),
            # what people ask: the queue of an organization, and how late things left
            models.Index(
                fields=["organization", "state", "planned_at", "id"],
                name="outgoing_queue",
                condition=Q(state__in=("waiting", "sending", "unknown", "failed")),
            ),
            models.Index(
                fields=["organization", "sent_at"],
                include=["planned_at", "profile"],
                name="outgoing_sent_at",
                condition=Q(state="sent"),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @cached_property
    def has_part_behind(self) -> bool:
        """Parts are made with their first one, so this does not change."""
        return Outgoing.objects.filter(after=self).exists()

    @property
    def frozen(self) -> Draft:
        return Draft.from_json(self.draft)

    @property
    def mark(self) -> str:
        """Of what a person decides by. That it is tried again while it waits is nothing new; another failure is."""
        tries = self.attempt_count if self.state in ("unknown", "failed") else 0
        return mark_of(self.pk, self.state, self.held, self.planned_at.timestamp(), self.needs_person, tries)


class Attempt(TenantModel):
    """One try. Committed before the call, so that a killed worker leaves a trace; `outcome` is empty until it ends."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="attempts")
    kind = models.CharField(max_length=10)  # send, upload, look, person
    draft_hash = models.CharField(max_length=64, blank=True)
    worker = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["outgoing", "id"], name="attempt_of_outgoing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome or 'open'}"
