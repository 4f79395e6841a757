import django.db.models.deletion
from django.db import migrations, models


FROM_AUDIT_LOG = """
    UPDATE publishing_delivery d SET deletion_asked_by_id = asked.actor_id
    FROM (
        SELECT DISTINCT ON (target_id) target_id::bigint AS delivery_id, actor_id FROM organizations_auditentry
        WHERE verb = 'delivery.deleted' AND target_kind = 'delivery' ORDER BY target_id, at DESC, id DESC
    ) asked
    WHERE d.id = asked.delivery_id AND asked.actor_id IS NOT NULL
"""


class Migration(migrations.Migration):
    """Who asked for a deletion; until now the audit log alone knew."""

    dependencies = [
        ('organizations', '0015_faces'),
        ('publishing', '0009_kept'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='deletion_asked_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='organizations.member'),
        ),
        migrations.RunSQL(FROM_AUDIT_LOG, migrations.RunSQL.noop),
    ]
