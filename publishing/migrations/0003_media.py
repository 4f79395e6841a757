import django.db.models.deletion
from django.db import migrations, models

import publishing.models.asset


class Migration(migrations.Migration):
    """Two new tables; nothing that runs before them knows of either."""

    dependencies = [("organizations", "0007_too_late"), ("publishing", "0002_threads")]

    operations = [
        migrations.CreateModel(
            "Asset",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(max_length=200, upload_to=publishing.models.asset.name_of)),
                (
                    "kind",
                    models.CharField(
                        choices=[("image", "image"), ("gif", "gif"), ("video", "video")], max_length=10
                    ),
                ),
                ("content_type", models.CharField(max_length=40)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("seconds", models.FloatField(null=True)),
                ("bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("alt_text", models.CharField(blank=True, max_length=1000)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="organizations.member",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["created_at"], name="asset_oldest")]},
        ),
        migrations.CreateModel(
            "Attachment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveSmallIntegerField()),
                ("place", models.PositiveSmallIntegerField()),
                ("alt_text", models.CharField(blank=True, max_length=1000)),
                (
                    "asset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="publishing.asset"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="publishing.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["part", "place"],
                "constraints": [
                    models.UniqueConstraint(fields=("revision", "part", "place"), name="attachment_once")
                ],
            },
        ),
    ]
