"""`python -m socialops.web`: the web process on $HOST:$PORT (docs/adr/0002-web-server.md)."""

import django
import uvicorn

from socialops import settings  # a wrong value ends the start here, once, rather than in every child
from socialops.schema_check import exit_unless_schema_known


def main() -> None:
    django.setup()
    exit_unless_schema_known()
    uvicorn.run(
        "socialops.asgi:application",
        host=settings.HOST,
        port=settings.PORT,
        workers=settings.WEB_CONCURRENCY,
        loop="uvloop",
        http="socialops.door.connections:Connection",  # uvicorn's on httptools, with bounds
        ws="none",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,  # longer than a proxy's own, so that it never writes into a closing connection
        backlog=4096,
        access_log=False,  # addresses carry sign-in codes of the networks
        server_header=False,
        forwarded_allow_ips=settings.FORWARDED_ALLOW_IPS,
        reset_contextvars=True,
        log_config=None,  # LOGGING of the settings, which each child sets up, is for uvicorn too
        log_level="warning",
    )


if __name__ == "__main__":
    main()
