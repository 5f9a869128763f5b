"""docker-compose.yml: what every container is allowed, what waits for what, and no secret in it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from deploy.credentials import GROUP
from pydantic import SecretStr

import handoff_bot.settings as bot
import handoff_outbound.settings as outbound
import handoff_router.settings as router
from handoff_bot.adapters.knowledge import load_knowledge
from handoff_common.settings import BaseServiceSettings
from handoff_operator_api.settings import Settings

from .conftest import ROOT, resolved

TEXT = (ROOT / "docker-compose.yml").read_text()
REPLICATED = {"ingress", "router", "bot", "outbound", "operator-api"}
SERVERS = {"postgres", "rabbitmq", "redis"}
ALL = {*REPLICATED, *SERVERS, "proxy", "simulator", "migrate"}
Config = Mapping[str, Any]


def test_every_service_is_there_and_the_simulator_only_by_its_profile(
    config: Config,
) -> None:
    assert set(config["services"]) == ALL
    profiles = {name: service.get("profiles") for name, service in config["services"].items()}
    assert {name: found for name, found in profiles.items() if found} == {
        "simulator": ["simulator"]
    }


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_container_may_do_more_than_it_needs(name: str, config: Config) -> None:
    service = config["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    if name in SERVERS:
        assert service["user"] == name
        assert service["group_add"] == [str(GROUP)]
    else:
        assert "user" not in service  # the image's: test_dockerfile.py


@pytest.mark.parametrize("name", sorted(ALL - {"migrate"}))
def test_what_runs_says_whether_it_can_work_and_starts_again(name: str, config: Config) -> None:
    service = config["services"][name]
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"]["max-size"]


def test_the_migration_is_done_before_any_service_starts(config: Config) -> None:
    migrate = config["services"]["migrate"]
    assert migrate["restart"] == "no"
    assert migrate["healthcheck"] == {"test": ["NONE"]}  # it ends
    script = migrate["command"][-1].split("\n")
    assert script[:3] == [
        "handoff db upgrade",
        "handoff db logins /run/secrets",
        "handoff broker declare",
    ]
    assert waits(config, "migrate") == {
        "postgres": "service_healthy",
        "rabbitmq": "service_healthy",
    }
    for name in {*REPLICATED, "simulator"}:
        assert waits(config, name)["migrate"] == "service_completed_successfully"


def test_nobody_is_let_in_before_what_answers_them_works(config: Config) -> None:
    healthy = "service_healthy"
    assert waits(config, "proxy") == {"ingress": healthy, "operator-api": healthy}
    assert waits(config, "operator-api")["redis"] == healthy


def test_what_can_be_chosen_is_told() -> None:
    told = (ROOT / ".env.example").read_text() + (ROOT / "deploy/README.md").read_text()
    told = re.sub(r"INGRESS_, BOT_, OUTBOUND_, OPERATOR_API_", "", told) + "".join(
        f" {name.upper().replace('-', '_')}_REPLICAS" for name in REPLICATED
    )
    for name in set(re.findall(r"\$\{([A-Z_]+)", TEXT)):
        assert re.search(rf"\b{name}\b", told), name


def waits(config: Config, name: str) -> dict[str, str]:
    needed: dict[str, dict[str, str]] = config["services"][name]["depends_on"]
    return {other: how["condition"] for other, how in needed.items()}


def test_browsers_and_webhooks_have_one_address_that_only_this_machine_reaches(
    config: Config,
) -> None:
    published = {name: service.get("ports") for name, service in config["services"].items()}
    assert {name: ports for name, ports in published.items() if ports} == {
        "proxy": ["127.0.0.1:8000:8000/tcp"],
        "simulator": ["127.0.0.1:8010:8010/tcp"],
    }


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ({}, ("http://127.0.0.1:8000", "http://localhost:8000")),
        ({"PORT": "9000"}, ("http://127.0.0.1:9000", "http://localhost:9000")),
        (
            {"PUBLIC_BASE_URL": "https://a.example"},
            ("https://a.example", "http://127.0.0.1:8000", "http://localhost:8000"),
        ),
        (
            {"PUBLIC_BASE_URL": "https://a.example", "CONSOLE_ORIGINS": "https://b.example"},
            ("https://b.example", "https://a.example", "http://127.0.0.1:8000",
             "http://localhost:8000"),
        ),
    ],
)  # fmt: skip
def test_the_console_is_opened_at_the_public_address_first(
    given: dict[str, str], origins: tuple[str, ...], docker_compose: str, tmp_path: Path
) -> None:
    service = resolved(docker_compose, tmp_path, **given)["services"]["operator-api"]
    listed = service["environment"]["CONSOLE_ORIGINS"]
    assert Settings.model_validate({"console_origins": listed}).origins == origins


def test_each_service_has_as_many_replicas_as_one_likes(
    docker_compose: str, tmp_path: Path
) -> None:
    wanted = {f"{name.upper().replace('-', '_')}_REPLICAS": "3" for name in REPLICATED}
    services = resolved(docker_compose, tmp_path, **wanted)["services"]
    for name in REPLICATED:
        assert services[name]["scale"] == 3
        assert not {"container_name", "ports", "hostname"} & set(services[name])
        assert all(volume["read_only"] for volume in services[name].get("volumes", ()))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("router", router.Settings), ("bot", bot.Settings), ("outbound", outbound.Settings)],
)
def test_what_env_does_not_set_is_what_the_settings_have(
    name: str, kind: type[BaseServiceSettings], config: Config
) -> None:
    here: dict[str, str] = config["services"][name]["environment"]
    fields = {str(field.validation_alias or own).upper(): field
              for own, field in kind.model_fields.items()}  # fmt: skip
    optional = [
        known
        for known in here
        if known in fields and not fields[known].is_required() and not here[known].startswith("/")
    ]  # a mounted file
    assert optional
    assert {known: here[known] for known in optional} == {
        known: plain(fields[known].default) for known in optional
    }


def plain(default: object) -> str:
    return default.get_secret_value() if isinstance(default, SecretStr) else str(default)


def test_the_bot_has_the_sample_for_its_knowledge_or_the_file_that_is_named(
    docker_compose: str, tmp_path: Path
) -> None:
    def mounted(**given: str) -> tuple[Path, str]:
        service = resolved(docker_compose, tmp_path, **given)["services"]["bot"]
        [volume] = service["volumes"]
        assert (volume["type"], volume["read_only"]) == ("bind", True)
        assert service["environment"]["HANDOFF_KNOWLEDGE"] == volume["target"]
        return Path(volume["source"]), volume["target"]

    sample, target = mounted()
    assert str(sample).endswith("/handoff_bot/knowledge/pt-BR.json")
    assert load_knowledge(sample).business == load_knowledge().business
    assert mounted(HANDOFF_KNOWLEDGE="/srv/mine.json") == (Path("/srv/mine.json"), target)
    mounted(HANDOFF_KNOWLEDGE="mine.json")  # no volume: `make down` understands it


def test_every_image_can_be_another(docker_compose: str, tmp_path: Path) -> None:
    variables = set(re.findall(r"image: \$\{(\w+):-", TEXT))
    services = resolved(docker_compose, tmp_path, **dict.fromkeys(variables, "mine:1"))["services"]
    assert {service["image"] for service in services.values()} == {"mine:1"}
    based = resolved(docker_compose, tmp_path, BASE="debian:trixie-slim")["services"]
    for name in ("proxy", "migrate"):
        assert based[name]["build"]["args"] == {"BASE": "debian:trixie-slim"}


def test_no_secret_is_in_the_file_and_none_has_a_default(config: Config) -> None:
    secret = re.compile("PASSWORD|SECRET|TOKEN|_URL$|SID|KEY")
    plain = {"PUBLIC_BASE_URL", "SIMULATOR_INTERNAL_BASE_URL", "SIMULATOR_URL"}
    for service in config["services"].values():
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE"):
                assert value.startswith(("/run/secrets/", "/etc/handoff/"))
            elif secret.search(variable) and variable not in plain:
                assert not value, variable
    assert not re.search(r"://[^/\s$]*:[^/\s$]*@", TEXT)
    for secret_file in config["secrets"].values():
        assert set(secret_file) == {"file"}


def test_each_service_gets_its_own_secrets_and_nobody_elses(config: Config) -> None:
    held = {
        name: {secret["source"] for secret in service.get("secrets", ())}
        for name, service in config["services"].items()
    }
    assert set[str]().union(*held.values()) == set(config["secrets"])
    for name in REPLICATED:
        prefix = name.replace("-", "_")
        channel = {"twilio_account_sid", "twilio_auth_token", "twilio_api_base_url"}
        assert all(secret.startswith(prefix) for secret in held[name] - channel)
    assert not held["bot"] & {"twilio_auth_token", "redis_password"}
    assert held["proxy"] == set()


def test_every_file_variable_names_a_secret_of_its_service(config: Config) -> None:
    for name, service in config["services"].items():
        mounted = {f"/run/secrets/{secret.get('target', secret['source'])}"
                   for secret in service.get("secrets", ())}  # fmt: skip
        named = {value for variable, value in service.get("environment", {}).items()
                 if variable.endswith("_FILE") and value.startswith("/run/")}  # fmt: skip
        assert named <= mounted, name
