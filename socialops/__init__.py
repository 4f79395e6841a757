"""Composition root: settings, addresses, processes. Imports every floor and is imported by none but its lib."""

from socialops.celery import app as celery_app

__all__ = ["celery_app"]
