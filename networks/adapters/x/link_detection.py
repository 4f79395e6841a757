"""Where X sees links in a text. It shortens each, so that any link weighs the same.

Source: the published rules of twitter-text, version 3, and its table of top-level domains, which stands in `tlds.txt`.
The text is read once, and once more for each label of a domain: the time grows with its length, whatever it says.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

LONGEST_URL = 4096
LONGEST_LABEL = 63
LONGEST_SLUG = 40  # of t.co; more is no link of X
_TLDS = frozenset(Path(__file__).with_name("tlds.txt").read_text("utf-8").split("\n", 1)[1].split())  # below its source
_LONGEST_TLD = max(map(len, _TLDS))

_ACCENTS = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289"
    r"\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_SPACES = r"\x09-\x0d \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_DIRECTION_MARKS = r"\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_INVALID = r"\ufffe\ufeff\uffff"
_NON_DOMAIN = rf"!'#%&()*+,\\/:;<=>?@\[\]^{{|}}~${_SPACES}{_DIRECTION_MARKS}{_INVALID}"  # what no domain holds
_RUN = re.compile(rf"[^{_NON_DOMAIN}]+")
_START = re.compile(rf"(?<![A-Za-z0-9@＠$#＃{_INVALID}])[^{_NON_DOMAIN}._-]")
_SCHEME = re.compile(rf"(?<![A-Za-z0-9@＠$#＃{_INVALID}])https?://", re.IGNORECASE)
_ASCII = re.compile(r"[0-9A-Za-z-]*")
_PUNYCODE = re.compile(r"xn--[-0-9a-z]+", re.IGNORECASE)
_LATIN_LABEL = re.compile(rf"[-a-z0-9{_ACCENTS}]+", re.IGNORECASE)
_LATIN_END = re.compile(rf"[-a-z0-9{_ACCENTS}]+\Z", re.IGNORECASE)
_LETTERS = rf"a-z0-9\u0400-\u04ff{_ACCENTS}"
_INNER = r"!*';:,.$%\[\]\u2013~@|&"  # in a path, but not at its end
_ENDING = rf"{_LETTERS}+\-=_#/"
_ANY = _INNER + _ENDING
_PARENTHESES = rf"\((?:[{_ANY}]++|[{_ANY}]*+\([{_ANY}]++\)[{_ANY}]*+)\)"
_URL_REST = re.compile(  # no quantifier stands in another over the same characters
    rf"(?::[0-9]++)?(?P<path>/(?:[{_INNER}]*+(?:[{_ENDING}]|{_PARENTHESES}))*+)?"
    r"(?:\?(?:[!?*'@();:+$%\[\].,~|]*+[a-z0-9\-_&=#/])++)?",
    re.IGNORECASE,
)
_SHORT_LINK = re.compile(
    r"https?://t\.co/(?P<slug>[a-z0-9]++)(?:\?(?:[!?*'@();:+$%\[\].,~|]*+[a-z0-9\-_&=#/])++)?", re.IGNORECASE
)

Span = tuple[int, int]


def find_links(text: str) -> Iterator[Span]:
    """(start, end) of each link in `text`, which is in NFC."""
    done = 0
    for run in _RUN.finditer(text):
        if "." not in run[0]:
            continue
        labels = DomainLabels(text, run.span(), whole=is_subdomain_label, last=is_domain_label)
        while place := labels.first(done, start=domain_start_finder(text, run.start(), done)):
            (start, end), scheme = place, ""
            if start == run.start() and (found := find_scheme_before(text, start, done)):
                scheme = found
            rest = _URL_REST.match(text, end)
            assert rest is not None  # it may be empty
            done = rest.end()
            if is_possible_domain(text[start:end], len(scheme or "https://") + done - start):
                yield from link_spans(text, (start, end), scheme, rest)


def domain_start_finder(text: str, start: int, done: int) -> Callable[[int, int], int]:
    """Where a domain may begin between two places; -1 where nowhere. Behind a scheme it begins at once."""

    def first(low: int, high: int) -> int:
        if low == start and find_scheme_before(text, low, done) and text[low] not in "._-":
            return low
        if low == done and done:
            low += 1  # what stands before it must not be a link's
        found = _START.search(text, low, high)
        return found.start() if found else -1

    return first


def find_scheme_before(text: str, at: int, done: int) -> str:
    """`https://` where it stands right before `at`."""
    for length in (8, 7):
        if at - length >= done and (found := _SCHEME.match(text, at - length)) and found.end() == at:
            return found[0]
    return ""


def link_spans(text: str, domain: Span, scheme: str, rest: re.Match[str]) -> Iterator[Span]:
    start = domain[0]
    if scheme:
        short = _SHORT_LINK.match(text, start - len(scheme), rest.end())
        if not short or len(short["slug"]) <= LONGEST_SLUG:
            yield start - len(scheme), short.end() if short else rest.end()
    elif not start or text[start - 1] not in "-_./":
        found = list(find_latin_domains(text, domain))
        if found and rest["path"]:
            found[-1] = (found[-1][0], rest.end())
        yield from found


def find_latin_domains(text: str, domain: Span) -> Iterator[Span]:
    """The domains of Latin letters: without a scheme those alone are links, wherever others stand around them."""

    def first(low: int, high: int) -> int:
        found = _LATIN_END.search(text, low, high)
        return found.start() if found else -1

    done, labels = domain[0], DomainLabels(text, domain, whole=is_latin_label, last=is_latin_label)
    while place := labels.first(done, start=first):
        yield place
        done = place[1]


class DomainLabels:
    """A run of labels with dots between, and how far a domain goes that begins in each: the farthest is taken."""

    def __init__(self, text: str, span: Span, *, whole: Callable[[str], bool], last: Callable[[str], bool]) -> None:
        self.text, self.last = text, last
        self.spans: list[Span] = []
        at, end = span
        while at <= end:
            dot = text.find(".", at, end)
            self.spans.append((at, end if dot < 0 else dot))
            at = end + 1 if dot < 0 else dot + 1
        self.tlds = [top_level_end(text, *one) for one in self.spans]
        self.far = [0] * (len(self.spans) + 1)  # where a domain ends that begins with this label as a whole
        for number in range(len(self.spans) - 2, 0, -1):
            label = text[slice(*self.spans[number])]
            if whole(label):
                self.far[number] = self.far[number + 1] or (self.tlds[number + 1] if last(label) else 0)
        self.at = 0

    def first(self, done: int, *, start: Callable[[int, int], int]) -> Span | None:
        """The first domain behind `done`, which only grows."""
        while self.at < len(self.spans) - 1:
            low, high = self.spans[self.at]
            if (
                high > done
                and self.text[high - 1] not in "_-"
                and (end := self.end(low := max(low, done), high, start))
            ):
                return end
            self.at += 1
        return None

    def end(self, low: int, high: int, start: Callable[[int, int], int]) -> Span | None:
        far, near = self.far[self.at + 1], self.tlds[self.at + 1]
        if not far and not near:
            return None
        if not far:
            low = max(low, self.text.rfind("_", low, high) + 1)
        begins = start(low, high)
        return (begins, far or near) if begins >= 0 else None


def top_level_end(text: str, start: int, stop: int) -> int:
    """Where the top-level domain ends that begins at `start`; 0 where there is none."""
    if found := _PUNYCODE.match(text, start, stop):
        return found.end()
    plain = _ASCII.match(text, start, stop)
    if plain and plain[0].lower() in _TLDS and text[plain.end() : plain.end() + 1] not in ("@", "+"):
        return plain.end()
    if plain and plain.end() == stop:
        return 0
    for ends in range(min(stop, start + _LONGEST_TLD), start, -1):
        after = text[ends : ends + 1]
        if text[start:ends].lower() in _TLDS and not (
            after and after.isascii() and (after.isalnum() or after in "@+-")
        ):
            return ends
    return 0


def is_subdomain_label(label: str) -> bool:
    return bool(label) and label[0] not in "_-" and label[-1] not in "_-"


def is_domain_label(label: str) -> bool:
    return is_subdomain_label(label) and "_" not in label


def is_latin_label(label: str) -> bool:
    return _LATIN_LABEL.fullmatch(label) is not None


def is_possible_domain(domain: str, length: int) -> bool:
    """Whether the name system could hold it, and X would take an address so long."""
    return length <= LONGEST_URL and all(map(is_encodable_label, domain.split(".")))


def is_encodable_label(label: str) -> bool:
    if len(label) > LONGEST_LABEL or label.isascii():
        return len(label) <= LONGEST_LABEL
    return not label.lower().startswith("xn--") and len(label.encode("punycode")) + len("xn--") <= LONGEST_LABEL
