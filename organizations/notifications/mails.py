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
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.states import move, move_all
from foundation.texts.number_format import format_number
from organizations.models import Mail, Member, Notification
from organizations.notifications.mail_messages import build_message
from organizations.notifications.notice_kinds import NOTICE_KINDS, NoticeContent
from organizations.tenancy import require_organization_id, scope
from organizations.worker_hints import wake_worker

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than a mail server may take (EMAIL_TIMEOUT)
MOST_SENDING = 2  # a slow mail server must not hold the workers that posts need
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))


def create_mails(due: Mapping[Notification, datetime]) -> None:
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
    wake_worker("organizations.tasks.send_mails")


def send_due_mails(at: datetime) -> int:
    """Sends what is due, one after the other; how many were tried."""
    mark_abandoned_mails(at)
    tried = 0
    while mail := claim_mail(now()):
        with scope(mail.organization_id):
            send_claimed_mail(mail)
        tried += 1
    return tried


def mark_abandoned_mails(at: datetime) -> None:
    """Whoever was sending these is gone: they may have left, so they are not sent again."""
    # unscoped: one sender serves every organization
    move_all(
        Mail.unscoped.filter(state="sending", lease_until__lt=at), "lose", reason="The worker stopped while sending."
    )


@transaction.atomic
def claim_mail(at: datetime) -> Mail | None:
    """The next one that is due, marked as being sent; None when there is none or enough are on their way."""
    # unscoped: one sender serves every organization
    if Mail.unscoped.filter(state="sending", lease_until__gt=at).count() >= MOST_SENDING:
        return None
    rows = Mail.unscoped.filter(state="waiting", due_at__lte=at).order_by("due_at", "id")
    mail = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if mail is not None:
        move(mail, "begin", lease_until=at + LEASE, tries=mail.tries + 1)
    return mail


def send_claimed_mail(mail: Mail) -> None:
    """Makes the one call and writes down what became of it, in the mail's organization's scope."""
    mail = Mail.objects.select_related("member__user", "organization").get(pk=mail.pk)
    notices = list(mail.notices.filter(read_at=None).order_by("pk"))
    if not notices or mail.member.left_at or not mail.member.user.is_active:
        move(mail, "drop", reason="It was read before it left.")
        return
    connection = get_connection()
    message = build_notice_message(mail, notices, connection)
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors
        postpone_mail(mail, error)
        return
    try:
        message.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        settle_refused_mail(mail, error)
    except OSError as error:
        move(mail, "lose", reason=describe_error(error))
    else:
        move(mail, "confirm", sent_at=now(), reason="")
    finally:
        connection.close()


def postpone_mail(mail: Mail, error: Exception) -> None:
    if mail.tries > len(BACKOFF):
        move(mail, "refuse", reason=describe_error(error))
    else:
        move(mail, "postpone", due_at=now() + BACKOFF[mail.tries - 1], lease_until=None, reason=describe_error(error))


def settle_refused_mail(mail: Mail, error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused) -> None:
    """A 4xx answer asks to come back; any other is final."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    if all(400 <= code < 500 for code in codes):
        postpone_mail(mail, error)
    else:
        log.warning("mail %s was refused: %s", mail.pk, type(error).__name__)
        move(mail, "refuse", reason=describe_error(error))


def describe_error(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def build_notice_message(
    mail: Mail, notices: list[Notification], connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """Text and HTML; the Message-ID stays the same however often it is tried."""
    lines = [build_mail_line(mail.member, row) for row in notices]
    context = {
        "notices": lines,
        "organization": mail.organization,
        "name": mail.member.user.get_short_name(),
        "settings_url": f"{settings.PUBLIC_URL}/o/{mail.organization.slug}/settings/notifications/",
        "home_url": f"{settings.PUBLIC_URL}/o/{mail.organization.slug}/",
        "digest": mail.kind == "digest",
    }
    message = build_message(
        "notices",
        context,
        subject=mail_subject(mail, notices),
        to=mail.member.user.email,
        headers={"Message-ID": f"<mail-{mail.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"},
        connection=connection,
    )
    for line in lines:
        for picture in line["pictures"]:
            message.attach(inline_image(picture["id"], picture["content"]))
    if any(line["pictures"] for line in lines):
        message.mixed_subtype = "related"  # type: ignore[attr-defined]  # the HTML shows what is attached; its types miss it
    return message


def build_mail_line(member: Member, row: Notification) -> dict[str, Any]:
    """A notice as it is mailed, with what the reader may see, at this moment, of the thing that it is about."""
    kind = NOTICE_KINDS.get(row.kind)
    excerpt = (kind.shows(member, row.cause) if kind and kind.shows and row.count == 1 else None) or NoticeContent()
    pictures = [
        {"id": f"notice-{row.pk}-{number}", "content": content, "alt": alt}
        for number, (content, alt) in enumerate(excerpt.pictures)
    ]
    link = settings.PUBLIC_URL + row.address
    return {"row": row, "link": link, "about": excerpt.text or row.about, "pictures": pictures}


def inline_image(name: str, content: bytes) -> MIMEImage:
    part = MIMEImage(content, "jpeg")
    part.add_header("Content-ID", f"<{name}>")
    part.add_header("Content-Disposition", "inline", filename=f"{name}.jpg")
    return part


def mail_subject(mail: Mail, notices: list[Notification]) -> str:
    if mail.kind == "notice":
        return f"{notices[0].title} · {mail.organization.name}"
    counted = ngettext("%s thing waits for you", "%s things wait for you", len(notices)) % format_number(len(notices))
    return _("%(counted)s · %(organization)s") % {"counted": counted, "organization": mail.organization.name}
