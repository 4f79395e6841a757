"""Where migrations that have run look for `foundation.internet.domains`."""

from foundation.internet.domains import *  # noqa: F403 - whatever they name
