"""`make up`'s secrets: made once, random, and all that the compose file asks for."""

import base64
import hashlib
import json
import os
from pathlib import Path

import pytest
from deploy import credentials
from deploy.credentials import GROUP, CredentialsError, create
from sqlalchemy.engine import make_url

from handoff_common import environment
from handoff_common.messaging.rabbit.rights import OWNER, SERVICES, VHOST, login_of
from handoff_common.tables.grants import SERVICES as DATABASE_SERVICES
from handoff_standalone.logins import read_logins

from .test_compose_file import Config

REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "of the real one",
    "PUBLIC_BASE_URL": "https://handoff.example.com",
}


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text().strip() for path in folder.iterdir()}


def test_all_that_compose_mounts_is_made(tmp_path: Path, config: Config) -> None:
    assert create(tmp_path, {}).is_simulated
    assert set(contents(tmp_path)) == set(config["secrets"])
    assert {Path(secret["file"]).name for secret in config["secrets"].values()} == set(
        config["secrets"]
    )
    assert {Path(secret["file"]).parent for secret in config["secrets"].values()} == {
        credentials.FOLDER
    }


def test_only_the_owner_gets_into_the_folder(tmp_path: Path) -> None:
    create(tmp_path / "secrets", {})
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_containers_read_the_files_by_their_group_if_root_makes_them(tmp_path: Path) -> None:
    (tmp_path / "admin_password").touch(mode=0o600)
    create(tmp_path, {})
    is_root = os.geteuid() == 0
    found = {(path.stat().st_mode & 0o777, path.stat().st_gid) for path in tmp_path.iterdir()}
    assert found == {(0o640, GROUP) if is_root else (0o644, os.getegid())}


def test_a_second_time_changes_nothing_and_another_folder_has_others(tmp_path: Path) -> None:
    create(tmp_path / "a", {})
    first = contents(tmp_path / "a")
    create(tmp_path / "a", {})
    assert contents(tmp_path / "a") == first
    create(tmp_path / "b", {})
    same = {name for name, value in contents(tmp_path / "b").items() if value == first[name]}
    assert same == {"twilio_api_base_url"}


def test_every_database_login_is_one_that_the_migration_makes(tmp_path: Path) -> None:
    create(tmp_path, {})
    assert set(credentials.DATABASE_USERS) == set(DATABASE_SERVICES)
    logins = read_logins(tmp_path)
    assert set(logins) == set(DATABASE_SERVICES)
    assert len({url.password for url in logins.values()}) == len(logins)
    owner = make_url((tmp_path / "owner_database_url").read_text().strip())
    assert owner.password == (tmp_path / "postgres_password").read_text().strip()


def test_every_broker_user_has_the_password_of_its_url(tmp_path: Path) -> None:
    create(tmp_path, {})
    found = json.loads((tmp_path / "rabbitmq_definitions").read_text())
    users = {user["name"]: user for user in found["users"]}
    assert set(users) == {OWNER, *(login_of(service) for service in SERVICES)}
    for name in credentials.BROKER_USERS:
        url = make_url((tmp_path / f"{name}_amqp_url").read_text().strip())
        salted = base64.b64decode(users[url.username or ""]["password_hash"])
        digest = hashlib.sha256(salted[:4] + str(url.password).encode()).digest()
        assert (salted[4:], url.database) == (digest, VHOST)


def test_a_real_account_replaces_the_simulated_one_and_stays(tmp_path: Path) -> None:
    create(tmp_path, {})
    assert not create(tmp_path, REAL).is_simulated
    found = contents(tmp_path)
    assert found["twilio_auth_token"] == "of the real one"
    assert found["twilio_api_base_url"] == credentials.TWILIO_URL
    only_the_url = {"PUBLIC_BASE_URL": REAL["PUBLIC_BASE_URL"]}
    assert not create(tmp_path, only_the_url).is_simulated


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("TWILIO_AUTH_TOKEN", "belong together: set both"),
        ("TWILIO_ACCOUNT_SID", "belong together: set both"),
        ("PUBLIC_BASE_URL", "PUBLIC_BASE_URL is not set"),
    ],
)
def test_half_an_account_is_refused(missing: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match=said):
        create(tmp_path, {name: value for name, value in REAL.items() if name != missing})


def test_old_names_are_refused_and_not_overlooked(tmp_path: Path) -> None:
    assert credentials.OLD_NAMES == environment.OLD_NAMES
    for today, names in environment.OLD_NAMES.items():
        for old in names:
            with pytest.raises(CredentialsError, match=f"{old} is an old name.*only {today}"):
                create(tmp_path, {old: "something"})
            assert create(tmp_path, {old: "something", today: "https://a.example"} | REAL)
