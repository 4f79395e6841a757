"""The migrations are in step with the models."""

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_nothing_is_missing() -> None:
    try:
        call_command("makemigrations", "--check", "--dry-run", "--verbosity", "0")
    except SystemExit:
        pytest.fail("A model changed without its migration: run `manage.py makemigrations` and read what it wrote.")
