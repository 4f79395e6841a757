from django.db import migrations

# The last entry by which each came to hold what it had not held before.
FROM_AUDIT_LOG = """
    UPDATE networks_profile{kind}objectpermission held SET given_by = given.actor_name, given_at = given.at
    FROM (
        SELECT DISTINCT ON (e.target_id, e.change ->> 'id', gained.name)
            e.target_id::bigint AS profile_id, (e.change ->> 'id')::bigint AS holder_id,
            gained.name AS verb, e.actor_name, e.at
        FROM organizations_auditentry e CROSS JOIN LATERAL jsonb_array_elements_text(
            CASE WHEN jsonb_typeof(e.change #> '{{rights,1}}') = 'array' THEN e.change #> '{{rights,1}}' ELSE '[]' END
        ) AS gained (name)
        WHERE e.verb = 'grant.changed' AND e.target_kind = 'profile' AND e.change ? '{word}' AND e.change ? 'id'
            AND NOT (e.change -> 'rights' -> 0) ? gained.name
        ORDER BY e.target_id, e.change ->> 'id', gained.name, e.id DESC
    ) given
    JOIN {table} holder ON holder.id = given.holder_id
    JOIN auth_permission p ON p.codename = given.verb || '_profile'
    WHERE held.content_object_id = given.profile_id AND held.{key} = holder.{key} AND held.permission_id = p.id
"""


class Migration(migrations.Migration):
    """Who gave the rights that are held; until now the audit log alone knew."""

    dependencies = [
        ("teams", "0007_repaired"),
        ("networks", "0025_given_rights"),
        ("organizations", "0015_faces"),
    ]

    operations = [
        migrations.RunSQL(
            FROM_AUDIT_LOG.format(kind="user", word="member", table="organizations_member", key="user_id"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            FROM_AUDIT_LOG.format(kind="group", word="team", table="teams_team", key="group_id"), migrations.RunSQL.noop
        ),
    ]
