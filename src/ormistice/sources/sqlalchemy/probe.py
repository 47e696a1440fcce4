"""Runs in the application's own interpreter, as a program; what it does there is in the package `probing` beside it.

That package goes by a name that no application has, and is on no path that the application could import from. With the
argument `keep` its bytecode is kept, as that of any package is; the application's never is.
"""

import importlib.util
import os
import sys

NAME = "ormistice_probing"


def main() -> None:
    """Answer what is asked on standard input."""
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [each for each in sys.path if each != folder]
    sys.dont_write_bytecode = "keep" not in sys.argv[1:]
    package = os.path.join(folder, "probing")
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(package, "__init__.py"), submodule_search_locations=[package]
    )
    if spec is None or spec.loader is None:
        raise ImportError(package)
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    importlib.import_module(f"{NAME}.answering").main()


if __name__ == "__main__":
    main()
