"""What was rewritten after an older state came back may have left since in the words that it had then.

So it is looked for in these too, and what is found in them waits for a person: nobody else can say whether the new
words are to stand beside them.
"""

from dataclasses import replace

from foundation.texts.text_comparison import comparison_key
from networks.contract import Draft, Published
from networks.models import Outgoing

FOUND_IN_FORMER_WORDS = (
    "It is on the profile in earlier words, from before an older state of this installation came back: %s. "
    "Say that it is there, call it off, or send it again in its new words."
)


def drafts_in_former_words(row: Outgoing, draft: Draft) -> list[Draft]:
    """Beneath what `draft` stands beneath. Which files were brought for them is not known."""
    if not (row.doubted and row.former):
        return []
    earlier = (Draft.from_json(former_draft) for former_draft in row.former)
    return [replace(one, kind=draft.kind, in_reply_to=draft.in_reply_to, uploads_known=False) for one in earlier]


def has_words_of_former(draft: Draft, former: list[Draft]) -> bool:
    """Whether one of its earlier forms has the same words, and so differs in its files alone."""
    return any(comparison_key(one.text) == comparison_key(draft.text) for one in former)


def reason_for_former_words(found: Published) -> str:
    return FOUND_IN_FORMER_WORDS % (found.permalink or found.remote_id)
