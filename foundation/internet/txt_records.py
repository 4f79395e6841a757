"""Asks the name servers for the TXT records of a name; what is surely not there is told from what is not known."""

import dns.exception
import dns.name
import dns.resolver
from django.conf import settings

NO_RECORD_ERRORS = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer)


class DnsUnanswered(Exception):
    """Nobody could say whether there is such a record: no answer in time, or one that tells of a failure."""


def fetch_txt_records(host: str) -> list[str]:
    """One text a record, its strings joined (RFC 7208, 3.3). Empty where there surely is none. Raises Unanswered."""
    try:
        answer = new_resolver().resolve(dns.name.from_text(f"{host}."), "TXT", lifetime=settings.DNS_TIMEOUT_SECONDS)
    except NO_RECORD_ERRORS:
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise DnsUnanswered(type(error).__name__) from None
    return [b"".join(record.strings).decode(errors="replace") for record in answer]


def new_resolver() -> dns.resolver.Resolver:
    """A new one each time, so that nothing is remembered: whoever has just entered a record wants to see it found."""
    if not settings.DNS_SERVER:
        return dns.resolver.Resolver()
    host, port = settings.DNS_SERVER
    custom = dns.resolver.Resolver(configure=False)
    custom.nameservers, custom.port = [host], port
    return custom
