"""The command, as a program of its own and as `python -m ormistice`."""

import gc
import sys
from typing import NoReturn

_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command, and end the process."""
    # Most of what is imported and built is kept until the process ends; looking for garbage in it often takes a third
    # of the time.
    gc.set_threshold(500_000)
    try:
        from ormistice.early import stand_by

        stand_by(sys.argv[1:])
        from ormistice.cli import main as run
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)

    run()


if __name__ == "__main__":
    main()
