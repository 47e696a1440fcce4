"""Answering: a request is a line of JSON on standard input.

The answer, a line too, goes to what was standard output when the process began; what the application prints goes to
standard error.
"""

from __future__ import annotations
import __future__

import gc
import json
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib.machinery import PathFinder
from threading import active_count
from types import ModuleType
from typing import IO, Any

from .finding import Watch, chosen, distinct, held
from .importing import (
    explained,
    import_more,
    import_target,
    is_project_file,
    keep_from_databases,
    message_of,
    module_file,
    project_modules,
    use_edits,
)
from .reading import Reader

LATE = "late"
"""The argument that says to import nothing before it is asked for."""


def main() -> None:
    """Answer one request, and more if it says so; leave without running what the application registered for the end."""
    sys.dont_write_bytecode = True
    requests = os.fdopen(os.dup(0), "rb")
    answer_to = os.dup(1)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    gc.set_threshold(500_000)  # what classes are made of stays; looking for garbage in it takes a tenth of the time
    request = first_of(requests, answer_to)
    watch = None
    try:
        limit_memory(request.get("memory"))
        answer, watch = read(request, lambda part: write(answer_to, {"part": part}))
    except BaseException as error:  # noqa: BLE001 - whatever a module raises, its end included, is told
        answer = {"error": explained(error, request)}
    # What is forked beside other threads may wait for what they hold.
    answer["stays"] = bool(request.get("stay")) and watch is not None and hasattr(os, "fork") and active_count() == 1
    write(answer_to, answer)
    if watch is not None and answer["stays"]:
        answer.clear()
        gc.freeze()
        modules = modules_by_file()
        for line in requests:
            again(watch, modules, json.loads(line), answer_to)
    sys.stderr.flush()
    os._exit(0)


def first_of(requests: IO[bytes], answer_to: int) -> dict[str, Any]:
    """The first request; what any is answered with is imported meanwhile.

    Where the application has a module of its own in place of what was imported, the program begins anew without that.
    """
    early = [] if LATE in sys.argv else import_early()
    line = requests.readline()
    if not line:
        os._exit(0)  # nobody is there any more
    request: dict[str, Any] = json.loads(line)
    if lies_in(early, request["paths"]):
        write(answer_to, {"again": True})
        os.dup2(requests.fileno(), 0)
        os.dup2(answer_to, 1)
        os.execv(sys.executable, [sys.executable, *sys.argv, LATE])  # noqa: S606 - this very program
    return request


def import_early() -> list[str]:
    """Import what reading tables takes, and tell the names of it, those at the top alone; nothing where it cannot be.

    An application may have modules of its own by such names.
    """
    if not sys.executable or os.name != "posix":
        return []  # there would be no beginning anew
    known = set(sys.modules)
    with suppress(BaseException):  # as is raised again, and told, when the application is imported
        import sqlalchemy.dialects.postgresql
        import sqlalchemy.orm  # noqa: F401 - it is there for all that follows
    return sorted({name.partition(".")[0] for name in sys.modules.keys() - known})


def lies_in(names: list[str], paths: list[str]) -> bool:
    """Whether a module by one of the names lies in one of the folders."""
    found = (PathFinder.find_spec(name, paths) for name in names)
    return any(spec is not None and spec.loader is not None and spec.has_location for spec in found)


def write(answer_to: int, answer: dict[str, Any]) -> None:
    """One answer, on one line."""
    written = json.dumps(answer).encode() + b"\n"
    while written:
        written = written[os.write(answer_to, written) :]


def again(watch: Watch, modules: dict[str, list[ModuleType]], request: dict[str, Any], answer_to: int) -> None:
    """Answer in a copy of this process, which stays as it is."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            write(answer_to, {"error": {"kind": "ended"}, "stays": True})
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = {name: redefined(watch, modules, request[name]) for name in ("before", "after")}
    except BaseException as error:  # noqa: BLE001 - as above
        answer = {"error": {"kind": "raised", "class": type(error).__name__, "message": message_of(error)}}
    write(answer_to, {**answer, "stays": True})
    os._exit(0)


def limit_memory(mebibytes: int | None) -> None:
    """Make the system refuse this process more memory than that, where it can."""
    try:
        import resource
    except ImportError:
        return
    if mebibytes:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (mebibytes << 20, hard))


def read(request: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> tuple[dict[str, Any], Watch | None]:
    """The answer to a request: import what it names, then say what is declared; and what saw it being made.

    What is told before the answer is left out of it: whoever asked can make something of it meanwhile.
    """
    sys.path[:0] = request["paths"]
    sys.path += [folder for folder in request["last"] if folder not in sys.path]
    sys.argv = [request["targets"][0]["module"]]
    use_edits(request["edits"])
    try:
        import sqlalchemy
    except ModuleNotFoundError as error:
        if error.name != "sqlalchemy":
            raise
        return {"error": {"kind": "no-sqlalchemy"}}, None
    # An error up to 2.0, and no less of one since: the class then hides the MetaData that it belongs to.
    warnings.filterwarnings("error", "Attribute name '(metadata|registry)' should be left reserved")
    keep_from_databases()
    watch = Watch()
    problems: list[dict[str, Any]] = []
    found: list[Any] = []
    modules: list[ModuleType] = []
    for number, target in enumerate(request["targets"]):
        request["at"] = number
        module = import_target(target)
        modules += [module, *import_more(target, request, problems)]
        found += chosen(module, target["attribute"]) if target["attribute"] else []
    if not found:
        found = [metadata for module in project_modules(modules, request) for metadata in held(module)]
    found = distinct(found)
    modules += naming(found, modules, request)
    reader = Reader(watch, problems)
    own = {file for module in modules if (file := module_file(module))}
    tell({"modules": sorted(own | reader.files(found))})
    answer = {
        "versions": {
            "python": sys.version.split()[0],
            "sqlalchemy": sqlalchemy.__version__,
            "sqlmodel": sqlmodel_version(),
        },
        "missed": bool(problems),
        **reader.read(found, tell),
    }
    return answer, watch


def naming(found: list[Any], modules: list[ModuleType], request: dict[str, Any]) -> list[ModuleType]:
    """The modules of the project that speak of naming conventions, where one of some MetaData has one of its own."""
    from sqlalchemy import MetaData

    usual = MetaData().naming_convention
    if all(metadata.naming_convention == usual for metadata in found):
        return []
    files = [(module, module_file(module) or "") for module in project_modules(modules, request)]
    return [
        module for module, file in files if is_project_file(file, request) and b"naming_convention" in content(file)
    ]


def content(file: str) -> bytes:
    """What a file holds; nothing where it is gone."""
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:
        return b""


def modules_by_file() -> dict[str, list[ModuleType]]:
    """Every module by its real path: several where it was imported under several names."""
    found: dict[str, dict[int, ModuleType]] = {}
    for module in list(sys.modules.values()):
        if file := module_file(module):
            found.setdefault(file, {})[id(module)] = module
    return {file: list(modules.values()) for file, modules in found.items()}


def only_module(modules: list[ModuleType]) -> ModuleType:
    """The one there is. Raises ValueError where there are several."""
    (module,) = modules
    return module


def own_tables(namespace: dict[str, Any], name: str | None) -> list[Any]:
    """The table that a class of a module has for itself, if it has one."""
    table = vars(namespace[name]).get("__table__") if name else None
    return [] if table is None else [table]


def redefined(watch: Watch, modules: dict[str, list[ModuleType]], statements: list[dict[str, Any]]) -> dict[str, Any]:
    """The tables of classes as statements of their modules define them anew, in place of those there are."""
    places = [(vars(only_module(modules[each["file"]])), each) for each in statements]
    for namespace, each in places:
        for table in own_tables(namespace, each["class"]):
            table.metadata.remove(table)
    watch.classes.clear()
    for namespace, each in places:
        future = namespace.get("annotations")
        flags = future.compiler_flag if isinstance(future, __future__._Feature) else 0  # noqa: SLF001 - no other way
        text = "\n" * (each["line"] - 1) + each["text"]
        exec(compile(text, each["file"], "exec", flags, dont_inherit=True), namespace)  # noqa: S102 - its own code
    reader = Reader(watch, [])
    made = [table for namespace, each in places for table in own_tables(namespace, each["class"])]
    return {
        "tables": [reader.table(table, reader.mapped.get(id(table), [])) for table in made],
        "enums": list(reader.enums.values()),
        "sequences": sorted({str(name) for table in made for name in table.metadata._sequences}),  # noqa: SLF001 - no other way
        "problems": reader.problems,
    }


def sqlmodel_version() -> str | None:
    """SQLModel's version, if the application uses it."""
    return getattr(sys.modules.get("sqlmodel"), "__version__", None)
