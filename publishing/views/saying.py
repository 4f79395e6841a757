"""How a page says what a button did."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


class Begun(str):
    """A sentence about what has only begun: the page beside it may say already that it failed, so it is not green."""


def say(request: HttpRequest, sentence: str) -> None:
    (messages.info if isinstance(sentence, Begun) else messages.success)(request, sentence)


def leaving() -> Begun:
    return Begun(_("It leaves at once, where nothing holds it: this page says what becomes of it."))
