import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import organizations.models.sign_on


class Migration(migrations.Migration):
    dependencies = [("organizations", "0010_second_step_lost")]
    operations = [
        migrations.AddField(
            "organizationsignon", "set_up_by", models.CharField(blank=True, db_default="", default="", max_length=220)
        ),
        migrations.CreateModel(
            name="SignOnDomain",
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
                ("name", models.CharField(max_length=253)),
                ("token", models.CharField(default=organizations.models.sign_on.new_token, max_length=64)),
                ("entered_at", models.DateTimeField(auto_now_add=True)),
                ("proved_at", models.DateTimeField(null=True)),
                ("proved_by", models.CharField(blank=True, max_length=10)),
                ("checked_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=10)),
                ("missing_since", models.DateTimeField(null=True)),
                ("known_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["checked_at"], name="domain_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="domain_once_entered"),
                    models.UniqueConstraint(
                        condition=~Q(proved_at=None), fields=("name",), name="domain_of_one_organization"
                    ),
                ],
            },
        ),
    ]
