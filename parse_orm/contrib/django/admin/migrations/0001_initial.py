"""Django hears of the model, for the sake of its permissions; no table is made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing happens in the database."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="SessionCount",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "sessions of a user",
                "verbose_name_plural": "sessions per user",
                "permissions": (("end_sessions", "Can end all sessions of a user"),),
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
    )
