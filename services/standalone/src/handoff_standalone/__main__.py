"""The `handoff` command."""

import signal


def main() -> None:
    """Run it. Ctrl-C ends it at once and without a traceback, until `handoff run` serves."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from handoff_standalone.importing import importing  # noqa: PLC0415  # after the signal

    with importing():
        from handoff_standalone.commands import app  # noqa: PLC0415

    app()


if __name__ == "__main__":
    main()
