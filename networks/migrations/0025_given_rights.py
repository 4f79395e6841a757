from django.db import migrations, models


class Migration(migrations.Migration):
    """Who gave a right and when; teams.0008 fills in what the audit log knows of it."""

    dependencies = [
        ('networks', '0024_profile_labels'),
    ]

    operations = [
        migrations.AddField(
            model_name='profilegroupobjectpermission',
            name='given_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='profilegroupobjectpermission',
            name='given_by',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='profileuserobjectpermission',
            name='given_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='profileuserobjectpermission',
            name='given_by',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
    ]
