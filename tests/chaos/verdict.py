"""The network's own ledger against ours: every row, and everything that the network was asked to write."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.chaos.storm import Storm
from tests.stack import Stack

ROWS = """
SELECT o.id, p.remote_id, o.draft->>'text', o.state, o.needs_person, o.reason, r.remote_id,
       (SELECT count(*) FROM networks_attempt a WHERE a.outgoing_id = o.id AND a.kind = 'send'),
       (SELECT count(*) FROM networks_attempt a WHERE a.outgoing_id = o.id AND a.kind = 'look'),
       (SELECT count(*) FROM networks_attempt a WHERE a.outgoing_id = o.id AND a.finished_at IS NULL)
FROM networks_outgoing o JOIN networks_profile p ON p.id = o.profile_id
LEFT JOIN networks_remotepost r ON r.outgoing_id = o.id
ORDER BY o.id
"""
UNFOLLOWED = """
SELECT o.draft->>'text' FROM inbox_message m
JOIN networks_outgoing o ON o.id = m.outgoing_id WHERE o.state = 'sent' AND m.remote_id IS NULL
"""
STORY = """
SELECT string_agg(kind || ' ' || coalesce(nullif(outcome, ''), 'open') || to_char(started_at, ' MI:SS'), ', ' ORDER BY id)
FROM networks_attempt WHERE outgoing_id = %s
"""
OPEN = """
SELECT count(*) FROM networks_outgoing
WHERE state IN ('waiting', 'sending') OR (state = 'unknown' AND NOT needs_person)
"""


@dataclass
class Verdict:
    """Each list names the texts concerned; all of them must be empty. `outcomes` counts how the rows ended."""

    outcomes: Counter[str] = field(default_factory=Counter)
    duplicates: list[str] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    sent_but_failed: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    without_reason: list[str] = field(default_factory=list)
    unwritten_calls: list[str] = field(default_factory=list)
    unfollowed: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, list[str]]:
        return {name: found for name, found in vars(self).items() if name != "outcomes" and found}


def judge(stack: Stack, storms: dict[str, Storm], *, expected: int) -> Verdict:
    verdict = Verdict()
    ledger, calls = on_the_networks(storms)
    rows = stack.sql(ROWS)
    if len(rows) != expected:
        verdict.losses.append(f"{expected} were put in, {len(rows)} rows stand there")
    for pk, own_id, text, state, needs_person, reason, remote_id, sends, looks, unfinished in rows:
        there = ledger.pop((own_id, text), [])
        name = f"{text} on {own_id}"
        verdict.outcomes[outcome(state, needs_person, reason, sends, looks)] += 1
        if len(there) > 1:
            verdict.duplicates.append(f"{name}: {there}")
        if state == "sent" and remote_id not in there:
            verdict.losses.append(f"{name}: {remote_id} is not among {there}")
        if state in {"failed", "cancelled"} and there:
            verdict.sent_but_failed.append(name)
        if state in {"waiting", "sending"} or (state == "unknown" and not needs_person):
            ((story,),) = stack.sql(STORY, [pk])
            verdict.stuck.append(f"{name}: {state}, {reason} [{story}]")
        if (state == "failed" or needs_person) and not reason:
            verdict.without_reason.append(name)
        if calls[own_id, text] > sends or unfinished:
            verdict.unwritten_calls.append(f"{name}: {calls[own_id, text]} calls, {sends} attempts, {unfinished} open")
    verdict.duplicates += [f"{key}: on the network without a row" for key in ledger]
    verdict.unfollowed = [text for (text,) in stack.sql(UNFOLLOWED)]
    return verdict


def outcome(state: str, needs_person: bool, reason: str, sends: int, looks: int) -> str:
    if needs_person:
        return f"waits for a person: {reason}"
    if state != "sent":
        return f"{state}: {reason}"
    if not looks:
        return "sent at once" if sends == 1 else "sent after a wait"
    return "sent, found by looking" if sends == 1 else "sent again after looking"


def on_the_networks(storms: dict[str, Storm]) -> tuple[dict[tuple[str, str], list[str]], Counter[tuple[str, str]]]:
    """What stands there by profile and text, and how often each was asked for."""
    ledger: dict[tuple[str, str], list[str]] = defaultdict(list)
    calls: Counter[tuple[str, str]] = Counter()
    for storm in storms.values():
        for own_id, profile in storm.profiles.items():
            calls.update({(own_id, text): count for text, count in profile.creates.items()})
            for text, remote_id in profile.ledger():
                if not text.startswith("About "):
                    ledger[own_id, text].append(remote_id)
    return ledger, calls
