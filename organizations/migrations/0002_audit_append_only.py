import django.db.models.deletion
from django.db import migrations, models

# A statement's trigger fires whoever asks and however: the ORM, plain SQL, a cascade, a session that replays a replica
# (ENABLE ALWAYS). Only emptying a test database between two tests is let through, and only where tests/conftest.py
# has said so to that session.
REFUSE = """
CREATE FUNCTION organizations_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE'
        AND current_database() LIKE 'test\\_%'
        AND current_setting('socialops.allow_audit_truncate', true) = 'on'
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON organizations_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION organizations_refuse_audit_change();
ALTER TABLE organizations_auditentry ENABLE ALWAYS TRIGGER audit_append_only;
"""
ALLOW = """
DROP TRIGGER audit_append_only ON organizations_auditentry;
DROP FUNCTION organizations_refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="ip",
            field=models.GenericIPAddressField(null=True),
        ),
        migrations.RemoveIndex(model_name="auditentry", name="audit_newest"),
        migrations.RemoveIndex(model_name="auditentry", name="audit_target"),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organization", "-at", "-id"], name="audit_newest"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organization", "actor_id", "-at", "-id"], name="audit_actor"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organization", "verb", "-at", "-id"], name="audit_verb"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organization", "target_kind", "target_id", "-at", "-id"], name="audit_target"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organization", "target_name", "-at", "-id"], name="audit_named"),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.AddField(
            model_name="organization",
            name="brand_colour",
            field=models.CharField(blank=True, max_length=7),
        ),
        migrations.AddField(
            model_name="organization",
            name="locale",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="organization",
            name="logo",
            field=models.FileField(blank=True, max_length=200, upload_to="logos"),
        ),
        migrations.CreateModel(
            name="BusinessHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.PositiveSmallIntegerField()),
                ("closes", models.PositiveSmallIntegerField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=80)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="businesshours",
            constraint=models.UniqueConstraint(
                fields=("organization", "weekday", "opens"), name="business_hours_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="businesshours",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes__lte", 1440), ("opens__lt", models.F("closes")), ("weekday__lte", 6)),
                name="business_hours_in_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="holiday",
            constraint=models.UniqueConstraint(fields=("organization", "day"), name="holiday_once"),
        ),
    ]
