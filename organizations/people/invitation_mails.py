"""The e-mails with the links: claim (commit) -> send -> settle (commit).

Each sending makes a new secret, so that none is ever stored. Whatever was not surely taken is sent again with another
one; a link that came twice does no harm, for only the newest works.
"""

import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from organizations.models import Invitation
from organizations.notifications.mail_messages import build_message
from organizations.tenancy import scope

log = logging.getLogger(__name__)

RESEND_AFTER = timedelta(minutes=10)  # longer than a mail server may take; also the lease
MOST_INVITATION_MAILS = 200


def send_due_invitations() -> int:
    """Sends what is due, oldest first; how many left."""
    sent = 0
    for _turn in range(MOST_INVITATION_MAILS):
        claimed = claim_invitation(now())
        if claimed is None:
            break
        sent += send_invitation(*claimed)
    return sent


@transaction.atomic
def claim_invitation(at: datetime) -> tuple[Invitation, str] | None:
    """The next one that is due, with the secret of its new link; nobody else takes it for a while."""
    # unscoped: one sender serves every organization; index invitation_mail
    rows = Invitation.unscoped.filter(mail_due_at__lte=at, accepted_at=None, revoked_at=None, expires_at__gt=at)
    rows = rows.select_related("organization", "invited_by__user").order_by("mail_due_at", "pk")
    invitation = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if invitation is None:
        return None
    secret = secrets.token_urlsafe(32)
    invitation.digest = Invitation.hash(secret)
    invitation.mail_due_at = at + RESEND_AFTER
    invitation.save(update_fields=["digest", "mail_due_at"])
    return invitation, secret


def send_invitation(invitation: Invitation, secret: str) -> bool:
    try:
        build_invitation_message(invitation, secret).send()
    except OSError as error:  # smtplib's errors are OSErrors; it is due again in a while
        log.warning("invitation %s did not leave: %s", invitation.pk, type(error).__name__)
        return False
    with scope(invitation.organization_id):
        mine = Invitation.objects.filter(pk=invitation.pk, digest=invitation.digest)
        mine.update(mail_due_at=None, mailed_at=now())
    return True


def build_invitation_message(invitation: Invitation, secret: str) -> EmailMultiAlternatives:
    organization = invitation.organization
    context = {
        "organization": organization,
        "sender": invitation.invited_by.name if invitation.invited_by else organization.name,
        "role": invitation.get_role_display(),
        "link": settings.PUBLIC_URL + reverse("join", args=[secret]),
        "expires_at": invitation.expires_at,
        "zone": organization.time_zone,
        "email": invitation.email,
    }
    subject = _("%(sender)s invites you to %(organization)s") % {
        "sender": context["sender"],
        "organization": organization.name,
    }
    return build_message("invitation", context, subject=subject, to=invitation.email)
