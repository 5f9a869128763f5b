"""The `handoff` command."""

from handoff_standalone.commands import app


def main() -> None:
    app()


if __name__ == "__main__":
    main()
