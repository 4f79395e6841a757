"""Floor 1: who there is."""

from organizations.models.absence import Absence
from organizations.models.api_token import ApiToken
from organizations.models.audit import AuditEntry
from organizations.models.hours import BusinessHours, Holiday
from organizations.models.idempotency import IdempotentAnswer
from organizations.models.invitation import Invitation
from organizations.models.member import ADMIN_ROLES, Member, Role
from organizations.models.notification import Mail, Notification, NotificationSettings
from organizations.models.organization import Organization
from organizations.models.sign_on import OrganizationSignOn, SignOnDomain, SignOnIdentity
from organizations.models.user import User

__all__ = [
    "ADMIN_ROLES",
    "Absence",
    "ApiToken",
    "AuditEntry",
    "BusinessHours",
    "Holiday",
    "IdempotentAnswer",
    "Invitation",
    "Mail",
    "Member",
    "Notification",
    "NotificationSettings",
    "Organization",
    "OrganizationSignOn",
    "Role",
    "SignOnDomain",
    "SignOnIdentity",
    "User",
]
