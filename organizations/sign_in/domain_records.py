"""The record by which a domain is proved to be an organization's, as the name servers have it now."""

from enum import StrEnum

from foundation.internet.dns import Unanswered, texts_at
from organizations.models import SignOnDomain


class Looked(StrEnum):
    FOUND = "found"
    ABSENT = "absent"  # there surely is no record
    OTHER = "other"  # there is one, and it says something else
    SILENT = "silent"  # nobody could say


def look(domain: SignOnDomain) -> Looked:
    """Takes seconds where name servers are slow: to be called outside transactions."""
    try:
        texts = texts_at(domain.host)
    except Unanswered:
        return Looked.SILENT
    if any(text.strip(" \t\"'").lower() == domain.record for text in texts):  # as some pages of name servers keep it
        return Looked.FOUND
    return Looked.OTHER if texts else Looked.ABSENT
