"""How a page says what a button did."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


class StartedMessage(str):
    """A sentence about what has only begun: the page beside it may say already that it failed, so it is not green."""


def show_message(request: HttpRequest, sentence: str) -> None:
    (messages.info if isinstance(sentence, StartedMessage) else messages.success)(request, sentence)


def leaving_message() -> StartedMessage:
    return StartedMessage(_("It leaves at once, where nothing holds it: this page says what becomes of it."))
