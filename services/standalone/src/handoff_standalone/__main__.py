"""The `handoff` command."""

import gc
import signal


def main() -> None:
    """Run it. Ctrl-C ends it at once and without a traceback, until `handoff run` serves."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from handoff_standalone.commands import app  # noqa: PLC0415  # takes a second or more

    # What was imported is needed to the end: looking through it then took 0.5 s of every command.
    gc.freeze()
    app()


if __name__ == "__main__":
    main()
