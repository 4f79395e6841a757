from django.db import migrations

from socialops.lib.repair import RepairTables

SOCIAL_ACCOUNT = (
    "0001_initial",
    "0002_token_max_lengths",
    "0003_extra_data_default_dict",
    "0004_app_provider_id_settings",
    "0005_socialtoken_nullable_app",
    "0006_alter_socialaccount_extra_data",
)


class Migration(migrations.Migration):
    """For databases that ran 0004, 0005, 0006 or 0007 while they were still being changed; elsewhere it only looks."""

    dependencies = [("organizations", "0007_too_late")]

    operations = [
        RepairTables(
            app="organizations",
            left_tables=["socialaccount_socialtoken", "socialaccount_socialaccount", "socialaccount_socialapp"],
            retired=[("socialaccount", name) for name in SOCIAL_ACCOUNT],
        ),
    ]
