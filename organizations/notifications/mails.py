"""E-mails to members: a row first, then claim (commit) -> send -> settle (commit), so that none leaves twice.

What the mail server certainly did not take is tried again. Where that cannot be known (the worker died, or the
connection broke while the message was being handed over) it is not: the bell has it anyway.
"""

import logging
import smtplib
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.mime.image import MIMEImage
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.states import move, move_all
from foundation.texts.numbers import spelt_number
from organizations.models import Mail, Member, Notification
from organizations.notifications.notice_kinds import KINDS, Shown
from organizations.tenancy import require_organization_id, scope
from organizations.worker_hints import wake

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than a mail server may take (EMAIL_TIMEOUT)
AT_ONCE = 2  # a slow mail server must not hold the workers that posts need
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))


def put_mails(due: Mapping[Notification, datetime]) -> None:
    """One e-mail for each notice, to leave when it is due."""
    if not due:
        return
    organization_id = require_organization_id()
    mails = {
        row.pk: Mail(
            organization_id=organization_id, member_id=row.member_id, kind="notice", key=f"notice:{row.pk}", due_at=at
        )
        for row, at in due.items()
    }
    Mail.objects.bulk_create(mails.values())
    through = Mail.notices.through
    through.objects.bulk_create(through(mail_id=mail.pk, notification_id=pk) for pk, mail in mails.items())
    wake("organizations.tasks.send_mails")


def send_due(at: datetime) -> int:
    """Sends what is due, one after the other; how many were tried."""
    lose_abandoned(at)
    tried = 0
    while mail := claim(now()):
        with scope(mail.organization_id):
            send(mail)
        tried += 1
    return tried


def lose_abandoned(at: datetime) -> None:
    """Whoever was sending these is gone: they may have left, so they are not sent again."""
    # unscoped: one sender serves every organization
    move_all(
        Mail.unscoped.filter(state="sending", lease_until__lt=at), "lose", reason="The worker stopped while sending."
    )


@transaction.atomic
def claim(at: datetime) -> Mail | None:
    """The next one that is due, marked as being sent; None when there is none or enough are on their way."""
    # unscoped: one sender serves every organization
    if Mail.unscoped.filter(state="sending", lease_until__gt=at).count() >= AT_ONCE:
        return None
    rows = Mail.unscoped.filter(state="waiting", due_at__lte=at).order_by("due_at", "id")
    mail = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if mail is not None:
        move(mail, "begin", lease_until=at + LEASE, tries=mail.tries + 1)
    return mail


def send(mail: Mail) -> None:
    """Makes the one call and writes down what became of it, in the mail's organization's scope."""
    mail = Mail.objects.select_related("member__user", "organization").get(pk=mail.pk)
    notices = list(mail.notices.filter(read_at=None).order_by("pk"))
    if not notices or mail.member.left_at or not mail.member.user.is_active:
        move(mail, "drop", reason="It was read before it left.")
        return
    message = message_of(mail, notices)
    try:
        message.connection.open()
    except OSError as error:  # smtplib's errors are OSErrors
        put_off(mail, error)
        return
    try:
        message.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        refused(mail, error)
    except OSError as error:
        move(mail, "lose", reason=reason(error))
    else:
        move(mail, "confirm", sent_at=now(), reason="")
    finally:
        message.connection.close()


def put_off(mail: Mail, error: Exception) -> None:
    if mail.tries > len(BACKOFF):
        move(mail, "refuse", reason=reason(error))
    else:
        move(mail, "postpone", due_at=now() + BACKOFF[mail.tries - 1], lease_until=None, reason=reason(error))


def refused(mail: Mail, error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> None:
    """A 4xx answer asks to come back; any other is final."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    if all(400 <= code < 500 for code in codes):
        put_off(mail, error)
    else:
        log.warning("mail %s was refused: %s", mail.pk, type(error).__name__)
        move(mail, "refuse", reason=reason(error))


def reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def message_of(mail: Mail, notices: list[Notification]) -> EmailMultiAlternatives:
    """Text and HTML; the Message-ID stays the same however often it is tried."""
    lines = [line_of(mail.member, row) for row in notices]
    context = {
        "notices": lines,
        "organization": mail.organization,
        "name": mail.member.user.get_short_name(),
        "settings_url": f"{settings.PUBLIC_URL}/o/{mail.organization.slug}/settings/notifications/",
        "home_url": f"{settings.PUBLIC_URL}/o/{mail.organization.slug}/",
        "digest": mail.kind == "digest",
    }
    message = EmailMultiAlternatives(
        subject=" ".join(subject_of(mail, notices).split()),
        body=render_to_string("email/notices.txt", context),
        to=[mail.member.user.email],
        headers={"Message-ID": f"<mail-{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
        connection=get_connection(),
    )
    message.attach_alternative(render_to_string("email/notices.html", context), "text/html")
    for line in lines:
        for picture in line["pictures"]:
            message.attach(inline(picture["id"], picture["content"]))
    if any(line["pictures"] for line in lines):
        message.mixed_subtype = "related"  # the HTML shows what is attached
    return message


def line_of(member: Member, row: Notification) -> dict[str, Any]:
    """A notice as it is mailed, with what the reader may see, at this moment, of the thing that it is about."""
    kind = KINDS.get(row.kind)
    shown = (kind.shows(member, row.cause) if kind and kind.shows and row.count == 1 else None) or Shown()
    pictures = [
        {"id": f"notice-{row.pk}-{number}", "content": content, "alt": alt}
        for number, (content, alt) in enumerate(shown.pictures)
    ]
    link = settings.PUBLIC_URL + row.address
    return {"row": row, "link": link, "about": shown.text or row.about, "pictures": pictures}


def inline(name: str, content: bytes) -> MIMEImage:
    part = MIMEImage(content, "jpeg")
    part.add_header("Content-ID", f"<{name}>")
    part.add_header("Content-Disposition", "inline", filename=f"{name}.jpg")
    return part


def subject_of(mail: Mail, notices: list[Notification]) -> str:
    if mail.kind == "notice":
        return f"{notices[0].title} · {mail.organization.name}"
    counted = ngettext("%s thing waits for you", "%s things wait for you", len(notices)) % spelt_number(len(notices))
    return _("%(counted)s · %(organization)s") % {"counted": counted, "organization": mail.organization.name}
