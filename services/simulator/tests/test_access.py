"""How the door stands, by the settings alone."""

import pytest

from handoff_simulator.api.doors import OpenDoor, credentials
from handoff_simulator.app import Place
from handoff_simulator.domain.access import access_of

ANYWHERE = "0.0.0.0"  # noqa: S104  # as in a container


@pytest.mark.parametrize(
    ("bind", "public", "wanted", "password", "access"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", False, False, "open"),
        ("::1", "http://localhost:8000", False, False, "open"),
        ("127.0.0.1", "http://ingress:8001", False, False, "open"),
        (ANYWHERE, "http://ingress:8001", True, False, "open"),
        (ANYWHERE, "http://ingress:8001", False, False, "closed"),
        ("192.168.1.5", "http://127.0.0.1:8000", False, False, "closed"),
        ("127.0.0.1", "https://shop.example", False, False, "closed"),
        (ANYWHERE, "https://shop.example", True, False, "closed"),
        ("127.0.0.1", "http://10.0.0.7", True, False, "closed"),
        ("127.0.0.1", "nonsense", True, False, "closed"),
        ("127.0.0.1", "https://shop.example", False, True, "password"),
        ("127.0.0.1", "http://127.0.0.1:8000", False, True, "password"),
    ],
)
def test_the_door_is_open_only_where_nobody_else_can_stand_before_it(
    bind: str, public: str, *, wanted: bool, password: bool, access: str
) -> None:
    found = access_of(bind=bind, public_base_url=public, wanted=wanted, password=password)
    assert found == access


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic", "Basic %%%", "Basic /w=="])
def test_credentials_that_are_none(header: str) -> None:
    assert credentials(header) == ("", "")


def test_an_open_door_is_the_default() -> None:
    assert isinstance(Place().door, OpenDoor)
