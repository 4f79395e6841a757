"""What was entered before domains were proved (docs/adr/0013-proved-domains.md): the domains become claims that govern
nothing, links that no account has agreed to are taken away, and so is the confirmation of addresses for which nobody
has spoken but a provider of an organization that has proved nothing.

The column of the domains stays in the database, where processes of the version before still read it."""

from datetime import timedelta

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F
from django.utils.timezone import now

from socialops.lib.domains import normalised

STILL_KNOWN = timedelta(days=30)
AT_ONCE = timedelta(minutes=1)  # a person and their link are made in one transaction


def carry_over(apps, schema_editor):
    OrganizationSignOn = apps.get_model("organizations", "OrganizationSignOn")
    SignOnDomain = apps.get_model("organizations", "SignOnDomain")
    until = now() + STILL_KNOWN
    for sign_on in OrganizationSignOn.objects.defer("client_secret").order_by("pk").iterator():
        names = {normalised(name) for name in sign_on.domains} - {""}
        rows = [SignOnDomain(organization_id=sign_on.organization_id, name=name, known_until=until) for name in names]
        SignOnDomain.objects.bulk_create(rows, ignore_conflicts=True)


def take_back_words(apps, schema_editor):
    SignOnIdentity = apps.get_model("organizations", "SignOnIdentity")
    EmailAddress = apps.get_model("account", "EmailAddress")
    SignOnIdentity.objects.filter(created_at__gt=F("user__date_joined") + AT_ONCE).delete()
    brought = SignOnIdentity.objects.filter(user__password__startswith="!")  # who has a password got it by mail
    EmailAddress.objects.filter(user__in=brought.values("user"), verified=True).update(verified=False)


class Migration(migrations.Migration):
    dependencies = [("organizations", "0011_proved_domains"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunPython(take_back_words, migrations.RunPython.noop),
        migrations.RemoveIndex("organizationsignon", "sign_on_domains"),
        # From now on rows are made without it.
        migrations.RunSQL(
            "ALTER TABLE organizations_organizationsignon ALTER COLUMN domains SET DEFAULT '{}'",
            "ALTER TABLE organizations_organizationsignon ALTER COLUMN domains DROP DEFAULT",
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("organizationsignon", "domains")],
        ),
    ]
