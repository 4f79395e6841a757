"""The web process: pages in a pool of threads, streams on the event loop (docs/adr/0002-web-server.md)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "socialops.settings")
application = get_wsgi_application()
