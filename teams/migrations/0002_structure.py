from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]
    operations = [
        migrations.AddField(model_name="team", name="department", field=models.CharField(blank=True, max_length=80)),
        migrations.AddField(
            model_name="team",
            name="use_case",
            field=models.CharField(
                blank=True,
                choices=[
                    ("marketing", "Marketing"),
                    ("support", "Customer support"),
                    ("pr", "Public relations"),
                    ("crisis", "Crisis communication"),
                    ("sales", "Sales"),
                    ("hr", "People and hiring"),
                    ("product", "Research and development"),
                    ("community", "Community"),
                    ("executive", "Leadership"),
                ],
                max_length=20,
            ),
        ),
    ]
