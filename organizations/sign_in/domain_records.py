"""The record by which a domain is proved to be an organization's, as the name servers have it now."""

from enum import StrEnum

from foundation.internet.txt_records import DnsUnanswered, fetch_txt_records
from organizations.models import SignOnDomain


class LookupResult(StrEnum):
    FOUND = "found"
    ABSENT = "absent"  # there surely is no record
    OTHER = "other"  # there is one, and it says something else
    SILENT = "silent"  # nobody could say


def look_up_record(domain: SignOnDomain) -> LookupResult:
    """Takes seconds where name servers are slow: to be called outside transactions."""
    try:
        texts = fetch_txt_records(domain.host)
    except DnsUnanswered:
        return LookupResult.SILENT
    if any(text.strip(" \t\"'").lower() == domain.record for text in texts):  # as some pages of name servers keep it
        return LookupResult.FOUND
    return LookupResult.OTHER if texts else LookupResult.ABSENT
