"""Django's `migrate`, one at a time; a killed one is taken up again where it was."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections

from socialops.migrating import Resuming, fill_in_reserved, one_at_a_time
from socialops.schema import ahead

migrate.MigrationExecutor = Resuming  # the name that the command below makes its executor by


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with one_at_a_time(connection, self.wait):
            if connection.alias == DEFAULT_DB_ALIAS and not options["app_label"] and (reason := ahead()):
                raise CommandError(reason)
            if not options["app_label"] and fill_in_reserved(connection):
                self.stdout.write("Made the tables that early versions had left out.")
            super().handle(*args, **options)

    def wait(self) -> None:
        self.stderr.write("Another `migrate` is running here; this one goes on when it has ended.")
