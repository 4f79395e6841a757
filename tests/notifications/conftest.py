"""Being told of something, and a mail server that can break."""

import smtplib
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils.timezone import now

from organizations.models import Member
from organizations.notifications import mails as sender
from organizations.notifications.notices import notify


@pytest.fixture
def tell(in_acme) -> Callable[..., None]:
    """tell(member, "cause") -> a notice of a kind that is mailed at once by default."""

    def told(member: Member, cause: str = "task-1-given", **more) -> None:
        given = {"kind": "task_given", "title": "Bake bread", "url": "/o/acme/tasks/", **more}
        notify([member], cause, **given)

    return told


@pytest.fixture
def leave() -> Callable[..., list]:
    """leave() -> every e-mail that has left, after all that is due was sent."""

    def left(at=None) -> list:
        sender.send_due_mails(at or now())
        return mail.outbox

    return left


class Breaking(EmailBackend):
    """A mail server that fails once, in the way that `how` says, and works from then on."""

    how: str = ""

    def open(self):
        if Breaking.how == "away":
            Breaking.how = ""
            raise ConnectionRefusedError("away")
        return True

    def send_messages(self, messages):
        how, Breaking.how = Breaking.how, ""
        if how == "later":
            raise smtplib.SMTPDataError(451, b"try again later")
        if how == "refused":
            raise smtplib.SMTPRecipientsRefused({"x": (550, b"no such person")})
        if how == "cut off":
            raise smtplib.SMTPServerDisconnected("in the middle")
        sent = super().send_messages(messages)
        if how == "killed":
            raise KeyboardInterrupt
        return sent


@pytest.fixture
def server(settings, mailoutbox, monkeypatch) -> Callable[[str], None]:
    monkeypatch.setattr(Breaking, "how", "")
    monkeypatch.setattr(sender, "get_connection", Breaking)

    def breaks(how: str) -> None:
        Breaking.how = how

    return breaks
