"""Where migrations that have run look for `foundation.texts.search`."""

from foundation.texts.search import *  # noqa: F403 - whatever they name
