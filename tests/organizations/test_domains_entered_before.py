"""An installation that had a sign-on before domains were proved: what its people find after the upgrade."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils.timezone import now

from organizations.actions.domains import prove_by_operator
from organizations.models import Member, Notification, OrganizationSignOn, SignOnDomain, SignOnIdentity, User
from organizations.sign_in.domain_proofs import check_due_domains
from organizations.tenancy import scope
from tests.organizations import oidc
from tests.organizations.conftest import OPERATOR
from tests.organizations.test_domains import claims, through

BEFORE = ("organizations", "0011_proved_domains")
AFTER = ("organizations", "0012_domains_entered_before")


def migrate(*target):
    executor = MigrationExecutor(connection)
    executor.migrate(list(target) or executor.loader.graph.leaf_nodes())
    return MigrationExecutor(connection).loader.project_state(list(target)).apps if target else None


def brought(apps, organization, email, subject, *, existed, password="!"):
    """Somebody whom the provider had brought in, as the rows stood then."""
    joined = now() - timedelta(days=9)
    user = apps.get_model("organizations", "User").objects.create(email=email, name="", password=password)
    type(user).objects.filter(pk=user.pk).update(date_joined=joined)
    apps.get_model("account", "EmailAddress").objects.create(user_id=user.pk, email=email, verified=True, primary=True)
    identity = apps.get_model("organizations", "SignOnIdentity")
    row = identity.objects.create(organization_id=organization.pk, user_id=user.pk, issuer="?", subject=subject)
    at = joined + timedelta(days=1) if existed else joined + timedelta(milliseconds=5)
    identity.objects.filter(pk=row.pk).update(created_at=at)
    apps.get_model("organizations", "Member").objects.create(
        organization_id=organization.pk, user_id=user.pk, role="member"
    )


@pytest.fixture
def upgraded(transactional_db, cast, issuer, names):
    apps = migrate(BEFORE, ("account", "0009_emailaddress_unique_primary_email"))
    sign_on = apps.get_model("organizations", "OrganizationSignOn")
    given = {"client_id": oidc.CLIENT_ID, "client_secret": oidc.CLIENT_SECRET, "required": True}
    sign_on.objects.create(
        organization_id=cast.acme.pk, issuer=issuer.url, domains=["acme.example", "gone..wrong"], **given
    )
    brought(apps, cast.acme, "nia@acme.example", "248289761001", existed=False)
    brought(apps, cast.acme, "otto@acme.example", "2", existed=True)
    brought(apps, cast.acme, "uma@acme.example", "3", existed=False, password="md5$x$y")
    apps.get_model("organizations", "SignOnIdentity").objects.update(issuer=issuer.url)
    try:
        migrate()
        yield cast
    finally:
        migrate()


@pytest.mark.usefixtures("upgraded")
class TestAfterTheUpgrade:
    def test_the_domains_are_claims_that_govern_nothing(self, client, issuer, cast, names):
        row = SignOnDomain.unscoped.get()
        assert (row.name, row.proved_at) == ("acme.example", None)
        assert client.post("/accounts/sign-on/", {"email": "ceo@acme.example"}).status_code == 422
        issuer.person |= {"sub": "new", "email": "new@acme.example"}
        assert through(client, "acme").status_code == 403
        assert not User.objects.filter(email="new@acme.example").exists()

        # whom the provider had made comes in for thirty days, and nobody is told that the address is confirmed
        issuer.person |= {"sub": "248289761001", "email": "nia@acme.example"}
        through(client, "acme")
        assert client.get("/o/acme/").status_code == 200
        assert not EmailAddress.objects.get(email="nia@acme.example").verified
        assert EmailAddress.objects.get(email="uma@acme.example").verified, "who has a password got it by mail"

        # an account that was there before its link has not agreed: its own door is open
        assert set(SignOnIdentity.unscoped.values_list("subject", flat=True)) == {"248289761001", "3"}
        issuer.person |= {"sub": "2", "email": "otto@acme.example"}
        assert through(Client(), "acme").status_code == 403
        own = Client()
        own.force_login(cast.lena.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert own.get("/o/acme/").status_code == 200, "“no other way in” holds for proved domains"

        # the owners are told
        check_due_domains(now())
        with scope(cast.acme):
            told = list(Notification.objects.filter(kind="sign_on_domain").values_list("member__role", "title"))
        assert told == [("owner", "Prove that acme.example is yours")]

        # afterwards it is over
        SignOnDomain.unscoped.update(known_until=now() - timedelta(seconds=1))
        issuer.person |= {"sub": "248289761001", "email": "nia@acme.example"}
        assert through(Client(), "acme").status_code == 403

    def test_when_it_is_proved_all_is_as_before(self, client, issuer, cast):
        with scope(cast.acme):
            prove_by_operator(OPERATOR, cast.acme, "acme.example")
        through(client, "acme")
        assert client.get("/o/acme/").status_code == 200
        assert EmailAddress.objects.get(email="nia@acme.example").verified
        assert OrganizationSignOn.unscoped.get().required

    def test_when_another_proves_it_its_people_are_no_longer_vouched_for(self, client, issuer, cast):
        claims(cast.mallory, issuer)
        with scope(cast.globex):
            prove_by_operator(OPERATOR, cast.globex, "acme.example")
        assert through(client, "acme").status_code == 403

    def test_the_form_is_saved_as_ever(self, cast, issuer):
        """The column that stayed behind wants nothing."""
        OrganizationSignOn.unscoped.all().delete()
        claims(cast.olive, issuer)
        assert OrganizationSignOn.unscoped.count() == 1
        assert Member.unscoped.filter(user__email="nia@acme.example").exists()
