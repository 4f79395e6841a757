#!/usr/bin/env python
"""Django's command line. What goes wrong for an expected reason is said in one line."""

import os
import sys


def main() -> None:
    from socialops.management.version import product_version

    if sys.argv[1:] in (["version"], ["--version"]):  # Django would name its own
        print(product_version())
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "socialops.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from foundation.errors import AppError

    try:
        execute_from_command_line(sys.argv)
    except AppError as error:
        sys.exit(error.user_message)
    except OperationalError as error:
        reason = " ".join(str(error).split())
        sys.exit(f"DATABASE_URL: PostgreSQL cannot be reached: {reason}")


if __name__ == "__main__":
    main()
