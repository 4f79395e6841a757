"""How X counts: a text is worth its weighted length, not its number of characters.

Source: the published counting rules and configuration 3 of twitter-text. Limit 280; a character weighs 1 in four
ranges and 2 elsewhere; any emoji sequence weighs 2; any link weighs 23. Text is in NFC before it is counted.
"""

import re
import unicodedata

LIMIT = 280
LINK_WEIGHT = 23
EMOJI_WEIGHT = 2
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

_PICTURE = (
    r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff"
    r"\u3030\u303d\u3297\u3299\u203c\u2049]"
)
_SKIN = r"[\U0001f3fb-\U0001f3ff]"
_ONE = rf"{_PICTURE}(?:\ufe0f|{_SKIN})*"
_EMOJI = re.compile(
    r"[#*0-9]\ufe0f?\u20e3|[#*0-9\u00a9\u00ae\u2122]\ufe0f"  # keycaps, and characters shown as pictures on demand
    r"|[\U0001f1e6-\U0001f1ff]{2}"  # flags of countries
    r"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # flags of regions
    rf"|{_ONE}(?:\u200d{_ONE})*"  # joined ones, such as families
)

# Common endings only. An unknown one makes a bare domain count as text, which is longer than a link in doubt.
_GENERIC = (
    "com|org|net|edu|gov|mil|int|info|biz|name|pro|aero|coop|museum|jobs|mobi|travel|cat|tel|asia|post|xxx|app|dev|"
    "page|blog|shop|store|online|site|tech|cloud|digital|agency|media|news|live|world|social|design|studio|email|"
    "space|website|today|life|link|click|wiki|art|club|team|work|tools|guide|events|network|systems|health|"
    "care|school|academy|training|finance|bank|money|capital|fund|foundation|global|group|company|business|center|"
    "community|expert|services|solutions|support|software|games|game|video|photo|photos|gallery|music|film|radio|"
    "tv|tours|hotel|restaurant|cafe|bar|pub|beer|wine|pizza|coffee|food|fitness|run|bike|football|london|"
    "berlin|paris|nyc|tokyo|amsterdam|wien|koeln|hamburg|eus|gal|scot|wales|green|eco|energy|earth|garden|top|xyz|"
    "icu|vip|fun|ink|zone|city|land|house|homes|estate|legal|law|ngo|charity|fyi|how|new|one|rocks|cool|google|"
    "youtube|amazon|apple|microsoft|zip|mov|bio|co"
)
_COUNTRY = (
    "ac|ad|ae|af|ag|ai|al|am|ao|aq|ar|as|at|au|aw|ax|az|ba|bb|bd|be|bf|bg|bh|bi|bj|bm|bn|bo|br|bs|bt|bw|by|bz|ca|cc|"
    "cd|cf|cg|ch|ci|ck|cl|cm|cn|co|cr|cu|cv|cw|cx|cy|cz|de|dj|dk|dm|do|dz|ec|ee|eg|er|es|et|eu|fi|fj|fk|fm|fo|fr|ga|"
    "gd|ge|gf|gg|gh|gi|gl|gm|gn|gp|gq|gr|gs|gt|gu|gw|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|in|io|iq|ir|is|it|je|jm|jo|jp|"
    "ke|kg|kh|ki|km|kn|kp|kr|kw|ky|kz|la|lb|lc|li|lk|lr|ls|lt|lu|lv|ly|ma|mc|md|me|mg|mh|mk|ml|mm|mn|mo|mp|mq|mr|ms|"
    "mt|mu|mv|mw|mx|my|mz|na|nc|ne|nf|ng|ni|nl|no|np|nr|nu|nz|om|pa|pe|pf|pg|ph|pk|pl|pm|pn|pr|ps|pt|pw|py|qa|re|ro|"
    "rs|ru|rw|sa|sb|sc|sd|se|sg|sh|si|sk|sl|sm|sn|so|sr|ss|st|su|sv|sx|sy|sz|tc|td|tf|tg|th|tj|tk|tl|tm|tn|to|tr|tt|"
    "tv|tw|tz|ua|ug|uk|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|ws|ye|yt|za|zm|zw"
)
_LABEL = "[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_LINK = re.compile(
    r"(?<![@#$\w./-])"
    rf"(?P<scheme>https?://)?(?P<host>(?:{_LABEL}\.)+(?:(?P<generic>{_GENERIC})|(?P<country>{_COUNTRY})))"
    r"(?![\w@-]|\.[a-z0-9])(?::\d+)?"
    r"(?P<path>[/?#](?:[^\s<>\"]*[^\s<>\"'.,:;!?)\]}])?)?",
    re.IGNORECASE,
)


def weighted_length(text: str) -> int:
    """The length of `text` as X counts it."""
    text = unicodedata.normalize("NFC", text)
    total = position = 0
    for link in _LINK.finditer(text):
        if _counts_as_link(link):
            total += _plain_length(text[position : link.start()]) + LINK_WEIGHT
            position = link.end()
    return total + _plain_length(text[position:])


def _counts_as_link(link: re.Match[str]) -> bool:
    """`name.xy` alone is no link where xy is a country, or every "file.py" would be one; `co` and `tv` are excepted."""
    if link["scheme"] or link["path"] or link["generic"]:
        return True
    return link["host"].count(".") > 1


def _plain_length(text: str) -> int:
    pictures, rest = 0, text
    if not text.isascii():
        rest, pictures = _EMOJI.subn("", text)
    return pictures * EMOJI_WEIGHT + sum(1 if _is_light(ord(char)) else 2 for char in rest)


def _is_light(point: int) -> bool:
    return any(low <= point <= high for low, high in _LIGHT)
