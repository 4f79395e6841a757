import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import organizations.models.api_token
import socialops.lib.crypto

ROLES = [("owner", "Owner"), ("admin", "Admin"), ("member", "Member"), ("viewer", "Viewer")]


class Migration(migrations.Migration):
    dependencies = [("organizations", "0004_notifications")]
    operations = [
        migrations.AddField("organization", "require_mfa", models.BooleanField(default=False)),
        migrations.AddField(
            "apitoken",
            "scopes",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30),
                default=organizations.models.api_token.everything,
                size=None,
            ),
        ),
        migrations.AddField("apitoken", "expires_at", models.DateTimeField(null=True)),
        migrations.AddIndex("apitoken", models.Index(fields=["organization", "-id"], name="token_newest")),
        migrations.CreateModel(
            name="OrganizationSignOn",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_on",
                        to="organizations.organization",
                    ),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("client_id", models.CharField(max_length=200)),
                ("client_secret", socialops.lib.crypto.EncryptedJSONField()),
                (
                    "domains",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=253), size=None),
                ),
                ("default_role", models.CharField(choices=ROLES, default="member", max_length=10)),
                ("required", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["domains"], name="sign_on_domains"),
                ]
            },
        ),
        migrations.CreateModel(
            name="SignOnIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_on_identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "issuer", "subject"), name="identity_of_one_person"
                    ),
                    models.UniqueConstraint(fields=("organization", "issuer", "user"), name="one_identity_a_person"),
                ]
            },
        ),
    ]
