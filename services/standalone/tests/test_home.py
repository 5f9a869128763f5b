"""The folder belongs to one process at a time."""

from pathlib import Path

import pytest

from handoff_standalone.home import HomeError, locked


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    with locked(home):
        assert home.stat().st_mode & 0o777 == 0o700


def test_a_second_process_is_kept_out_until_the_first_has_left(tmp_path: Path) -> None:
    with (
        locked(tmp_path),
        pytest.raises(HomeError, match="another handoff process"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match=r"HANDOFF_HOME .*file"), locked(tmp_path / "file"):
        pass
    with (
        pytest.raises(HomeError, match=r"HANDOFF_HOME .*file/under"),
        locked(tmp_path / "file" / "under"),
    ):
        pass
