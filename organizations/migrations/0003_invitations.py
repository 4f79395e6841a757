import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

ROLES = [("owner", "Owner"), ("admin", "Admin"), ("member", "Member"), ("viewer", "Viewer")]


def key(to="organizations.member", **given):
    return models.ForeignKey(to, **{"on_delete": django.db.models.deletion.CASCADE, "related_name": "+", **given})


def keeping():
    return key(on_delete=django.db.models.deletion.SET_NULL, null=True)


def row_id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_audit_append_only")]
    operations = [
        migrations.AddField("member", "left_at", models.DateTimeField(null=True)),
        migrations.AddField("member", "successor", keeping()),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", row_id()),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(choices=ROLES, default="member", max_length=10)),
                (
                    "team_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64, null=True, unique=True)),
                ("mail_due_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("accepted_by", keeping()),
                ("invited_by", keeping()),
                ("organization", key("organizations.organization")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(accepted_at=None, revoked_at=None),
                        fields=["organization", "-id"],
                        name="invitation_open",
                    ),
                    models.Index(condition=~Q(mail_due_at=None), fields=["mail_due_at"], name="invitation_mail"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(accepted_at=None, revoked_at=None),
                        fields=["organization", "email"],
                        name="invitation_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", row_id()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("deputy", key(related_name="deputised")),
                ("member", key(related_name="absences")),
                ("organization", key("organizations.organization")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["deputy", "ends_at"], name="absence_deputy"),
                    models.Index(fields=["member", "ends_at"], name="absence_member"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_lasts"),
                    models.CheckConstraint(condition=~Q(member=F("deputy")), name="absence_deputy_is_another"),
                ],
            },
        ),
    ]
