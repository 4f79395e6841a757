"""Django's `migrate`, one at a time; a killed one is taken up again where it was."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from socialops.migration_runs import ResumingExecutor, create_reserved_tables, lock_migrations
from socialops.schema_check import describe_unknown

migrate.MigrationExecutor = ResumingExecutor  # type: ignore[attr-defined]  # by this name the command below makes its own


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with lock_migrations(connection, self.wait):
            if connection.alias == DEFAULT_DB_ALIAS and not options["app_label"] and (reason := describe_unknown()):
                raise CommandError(reason)
            if not options["app_label"] and create_reserved_tables(connection):
                self.stdout.write("Made the tables that early versions had left out.")
            super().handle(*args, **options)

    def wait(self) -> None:
        self.stderr.write("Another `migrate` is running here; this one goes on when it has ended.")
