"""What was rewritten after an older state came back may have left since in the words that it had then.

So it is looked for in these too, and what is found in them waits for a person: nobody else can say whether the new
words are to stand beside them.
"""

from dataclasses import replace

from foundation.texts.text import likeness
from networks.contract import Draft, Published
from networks.models import Outgoing

ASKS = (
    "It is on the profile in earlier words, from before an older state of this installation came back: %s. "
    "Say that it is there, call it off, or send it again in its new words."
)


def other_words(row: Outgoing, draft: Draft) -> list[Draft]:
    """Beneath what `draft` stands beneath. Which files were brought for them is not known."""
    if not (row.doubted and row.former):
        return []
    earlier = (Draft.from_json(said) for said in row.former)
    return [replace(one, kind=draft.kind, in_reply_to=draft.in_reply_to, uploads_known=False) for one in earlier]


def says_as_before(draft: Draft, former: list[Draft]) -> bool:
    """Whether one of its earlier forms has the same words, and so differs in its files alone."""
    return any(likeness(one.text) == likeness(draft.text) for one in former)


def in_reason(found: Published) -> str:
    return ASKS % (found.permalink or found.remote_id)
