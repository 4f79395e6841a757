"""Signing somebody in without the form."""

from time import time

from django.test import Client

from organizations.models import Member

OWN = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(member: Member, client: Client | None = None) -> Client:
    """A client in which `member` is signed in, as by the password a moment ago."""
    client = client or Client()
    client.force_login(member.user, backend=OWN)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time()}]
    session.save()
    return client
