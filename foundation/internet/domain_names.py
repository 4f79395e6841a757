"""Names of domains in the one form in which they are compared: IDNA's ASCII, lower case, no dot at the end."""

import re
import unicodedata
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

DOMAIN_PATTERN = re.compile(r"(?=.{4,220}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
PUBLIC_MAIL_DOMAINS = {  # whose addresses anybody can have: they say nothing about who belongs to an organization
    "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
    "hotmail.com", "hotmail.co.uk", "hotmail.fr", "icloud.com", "libero.it", "live.com", "mac.com", "mail.com",
    "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "pm.me", "proton.me", "protonmail.com",
    "qq.com", "rediffmail.com", "t-online.de", "tutanota.com", "web.de", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yandex.com", "yandex.ru", "ymail.com", "zoho.com", "126.com", "163.com",
}  # fmt: skip


def normalize_domain(name: str) -> str:
    """'@Bäcker.Example.' -> 'xn--bcker-gra.example'. Empty for what is no whole name of a domain."""
    name = unicodedata.normalize("NFC", name.strip()).removeprefix("@").lower()
    try:
        plain = name if name.isascii() else idna.encode(name.rstrip("."), uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""
    plain = plain.removesuffix(".")
    return plain if DOMAIN_PATTERN.fullmatch(plain) else ""


def is_public_domain(name: str) -> bool:
    """Whether a (normalised) name cannot be one organization's: a public suffix, or a provider of mailboxes for all."""
    return name in PUBLIC_MAIL_DOMAINS or public_suffixes().is_public(name)


@cache
def public_suffixes() -> PublicSuffixList:
    """Mozilla's list as its package brings it: registries' (co.uk) and those of companies (github.io). Asks nobody."""
    return PublicSuffixList()


def readable_domain(name: str) -> str:
    """As people write it, where that differs: 'bäcker.example'."""
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def domain_of_email(email: str) -> str:
    return normalize_domain(email.rpartition("@")[2])


def canonical_email(email: str) -> str:
    """An address in the one form in which addresses are compared. Empty where it is none, or not in ASCII letters."""
    local, _at, domain = email.strip().rpartition("@")
    plain = bool(local) and local.isascii() and local.isprintable() and not set(local) & set(' "\\@,;:<>()[]')
    domain = normalize_domain(domain)
    return f"{local.lower()}@{domain}" if plain and domain else ""
