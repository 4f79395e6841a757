"""docker-compose.yml runs what the Procfile runs, with variables that the settings know."""

import re
from typing import Any

import pytest
import yaml
from honcho.environ import parse_procfile

from networks.registry import discover_manifests
from socialops.management.commands.networks import format_compose_lines
from tests.source import ROOT

PROCESSES: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')


def known() -> set[str]:
    of_networks = {each.variable for one in discover_manifests(()) for each in one.variables}
    return of_networks | set(READ.findall((ROOT / "socialops" / "settings.py").read_text()))


@pytest.mark.parametrize("name", PROCESSES)
def test_each_process_is_a_service_with_the_same_command(name: str) -> None:
    assert name in COMPOSE["services"], f"Add the service {name} to docker-compose.yml; the Procfile has it."
    said = COMPOSE["services"][name]["command"]
    assert said == PROCESSES[name], f"{name}: docker-compose.yml says “{said}”, the Procfile “{PROCESSES[name]}”."


@pytest.mark.parametrize("name", [*PROCESSES, "migrate"])
def test_its_variables_are_read_by_the_settings(name: str) -> None:
    unknown = set(COMPOSE["services"][name]["environment"]) - known()
    assert not unknown, f"{unknown}: settings.py reads no such variable; correct the name or leave it out."


def test_the_variables_of_the_networks_are_handed_on() -> None:
    lines = [line.strip() for line in (ROOT / "docker-compose.yml").read_text().splitlines()]
    missing = [line for one in discover_manifests(()) for line in format_compose_lines(one) if line not in lines]
    assert not missing, (
        "\n".join(missing)
        + "\nPut these into `environment` of docker-compose.yml: `python manage.py networks --compose`."
    )


def test_the_required_variables_are_given() -> None:
    given = set(COMPOSE["services"]["web"]["environment"])
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "PUBLIC_URL"} <= given


@pytest.mark.parametrize("name", PROCESSES)
def test_nothing_starts_before_the_database_is_in_step(name: str) -> None:
    assert COMPOSE["services"][name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_the_services_say_when_they_are_ready(name: str) -> None:
    assert "healthcheck" in COMPOSE["services"][name]


def test_named_volumes_are_declared() -> None:
    used = {
        volume.partition(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert used == set(COMPOSE["volumes"])


def test_the_image_is_built_from_the_lock_file_and_is_not_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert re.search(r"^USER (?!root)\w+$", dockerfile, re.MULTILINE)
