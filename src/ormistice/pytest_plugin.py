"""`pytest --ormistice`: the audit as tests, one for each table and aspect.

Without the flag it acts where the root of the tests has an ormistice.toml and pytest is called without arguments, or
with that file. Nothing of ormistice but this module is imported before.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from ormistice.findings import Finding, Report
    from ormistice.model import Identity, Index

_FILE = "ormistice.toml"
_LEVELS = ("error", "warning", "info")

TABLES, COLUMNS, MATCH, ENUMS = "models_have_tables", "columns_exist", "columns_match", "enum_types_match"
KEYS, INDEXES, UNIQUE = "foreign_keys_exist", "indexes_exist", "unique_constraints_are_enforced"
REST, READ = "other_objects_match", "everything_was_read"
ASPECTS = (TABLES, COLUMNS, MATCH, ENUMS, KEYS, INDEXES, UNIQUE, REST)
_OF_KIND = {
    "table": TABLES,
    "column": MATCH,
    "enum": ENUMS,
    "foreign key": KEYS,
    "relation": KEYS,
    "index": INDEXES,
    "unique constraint": UNIQUE,
}
_OF_RULE = {
    "missing-column": COLUMNS,
    "missing-unique-constraint": UNIQUE,
    "unenforced-one-to-one": UNIQUE,
    "enum-stored-as-text": ENUMS,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flag, and from which severity on a test fails."""
    group = parser.getgroup("ormistice", "descriptions of one PostgreSQL database")
    group.addoption("--ormistice", action="store_true", help=f"audit what {_FILE} of the root directory names")
    group.addoption(
        "--ormistice-fail-on",
        choices=_LEVELS,
        default="warning",
        help="least severity of a finding that fails its test (default: warning)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have the configuration collected like a file of tests."""
    file = config.rootpath / _FILE
    if config.getoption("--ormistice"):
        if not file.is_file():
            from ormistice.config import find_config

            found = find_config(config.rootpath)
            if found is None:
                message = f"--ormistice: there is no {_FILE} in {config.rootpath}; ormistice init writes one"
                raise pytest.UsageError(message)
            file = found
    elif _has_arguments(config) or not file.is_file():
        return
    if not any(_covers(config, argument, file) for argument in config.args):
        config.args.append(str(file))


def _has_arguments(config: pytest.Config) -> bool:
    """Whether pytest was told what to run; versions that do not say so are taken to have been."""
    return getattr(getattr(config, "args_source", None), "name", "ARGS") == "ARGS"


def _covers(config: pytest.Config, argument: str, file: Path) -> bool:
    path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
    return file.resolve() == path or path in file.resolve().parents


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The configuration of the root directory; every other is somebody else's."""
    config = parent.config
    named = file_path.name == _FILE or (file_path.name == "pyproject.toml" and config.getoption("--ormistice"))
    if not named or file_path.parent != config.rootpath:
        return None
    if file_path.name != _FILE and (file_path.parent / _FILE).is_file():
        return None
    asked = config.getoption("--ormistice") or not _has_arguments(config)
    if not asked and not any(_names(config, argument, file_path) for argument in config.args):
        return None
    return AuditFile.from_parent(parent, path=file_path)


def _names(config: pytest.Config, argument: str, file: Path) -> bool:
    return bool((config.invocation_params.dir / argument.partition("::")[0]).resolve() == file.resolve())


class AuditFile(pytest.File):
    """A configuration; its tests are what its sources say of each table."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each table and aspect of it that there is, for each other object, and for each source."""
        with unwritten():
            from ormistice.errors import AuditError

            try:
                report = _audited(self.path)
            except AuditError as error:
                hint = f"\n  hint: {error.hint}" if error.hint else ""
                raise self.CollectError(f"{error.message}{hint}") from None
            tests = _tests(report)
        for (aspect, name), findings in tests.items():
            yield AuditItem.from_parent(self, name=f"test_{aspect}[{name}]", report=report, findings=findings)


class AuditItem(pytest.Item):
    """One aspect of one table."""

    def __init__(self, *, report: "Report", findings: tuple["Finding", ...], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.report = report
        self.findings = findings

    def runtest(self) -> None:
        """Fail where any finding is grave enough."""
        from ormistice.findings import Severity

        least = Severity(self.config.getoption("--ormistice-fail-on"))
        failing = [finding for finding in self.findings if finding.severity.reaches(least)]
        if failing:
            raise DisagreementError("\n\n".join("\n".join(_told(finding, self.report)) for finding in failing))

    def repr_failure(self, excinfo: "ExceptionInfo[BaseException]", style: Any = None) -> "str | TerminalRepr":
        """What was found, without the way through this module."""
        if isinstance(excinfo.value, DisagreementError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it is from, and its name."""
        return self.path, None, self.name


class DisagreementError(Exception):
    """What a test found."""


class Unwritten:
    """Finds our own modules as they are on the disk.

    pytest rewrites all modules of a package that brings a plugin, assertions or not. That takes its time, and a tree of
    Python is built in whatever thread a module is imported by: where two do so at once, CPython 3.11 fails.
    """

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As importlib asks for it."""
        return PathFinder.find_spec(name, path, target) if name.startswith("ormistice.") else None


@contextmanager
def unwritten() -> Iterator[None]:
    """Import our own modules without having pytest rewrite them."""
    sys.meta_path.insert(0, Unwritten)
    try:
        yield
    finally:
        sys.meta_path.remove(Unwritten)


def _audited(path: Path) -> "Report":
    from ormistice.config import read_config
    from ormistice.preparing import audited

    return audited(read_config(path))


def _tests(report: "Report") -> "dict[tuple[str, str], tuple[Finding, ...]]":
    """The findings of each test, by aspect and name; most have none."""
    tests: dict[tuple[str, str], list[Finding]] = {key: [] for key in _present(report)}
    for finding in report.findings:
        tests.setdefault(_test_of(finding), []).append(finding)
    order = (*ASPECTS, READ)
    return {key: tuple(tests[key]) for key in sorted(tests, key=lambda key: (order.index(key[0]), key[1]))}


def _present(report: "Report") -> Iterator[tuple[str, str]]:
    """What there is to test in any source, whether or not anything is wrong with it."""
    for source in report.sources:
        schema = report.among.schemas[source.name]
        yield READ, source.name
        yield from ((ENUMS, _shown(enum.key())) for enum in schema.enums)
        for table in schema.tables:
            there: Iterable[tuple[str, object]] = (
                (TABLES, True),
                (COLUMNS, True),
                (MATCH, True),
                (KEYS, table.foreign_keys),
                (INDEXES, [index for index in table.indexes if not _unique(index)]),
                (UNIQUE, table.unique_constraints or [index for index in table.indexes if _unique(index)]),
            )
            yield from ((aspect, _shown(table.key())) for aspect, some in there if some)


def _unique(index: "Index") -> bool:
    return index.unique is not None and index.unique.value


def _test_of(finding: "Finding") -> tuple[str, str]:
    """The one test that a finding fails."""
    identity = finding.identity
    if identity is None:
        source = finding.violation.sites[0].source
        return (READ, source) if finding.unread else (REST, "sources")
    return _OF_RULE.get(finding.rule) or _OF_KIND.get(identity.kind, REST), _shown(identity)


def _shown(identity: "Identity") -> str:
    from ormistice.reporters.parts.content import table_name
    from ormistice.reporters.parts.visible import visible

    return visible(table_name(identity.name))


def _told(finding: "Finding", report: "Report") -> Iterator[str]:
    """The place, the message, what every source claims, and the fix."""
    from ormistice.places import printed
    from ormistice.reporters.parts.visible import visible, visible_lines

    first = finding.violation.sites[0]
    place = printed(first.place, report.among.schemas[first.source])
    columns = ", ".join(finding.identity.columns) if finding.identity is not None else ""
    of = f" ({columns})" if columns else ""
    yield visible(f"{place}: {finding.severity.value} {finding.rule}{of}: {finding.violation.message}")
    for name, claim in finding.violation.claims.items():
        yield visible(f"  {name}{' ✗' if name in finding.violation.outliers else ''}: {claim}")
    for fix in finding.fixes:
        if fix.verified and fix.diff is not None:
            yield visible(f"fix for {fix.fix.source} ({fix.fix.applicability.value}, verified):")
            yield visible_lines(fix.diff.rstrip("\n"))
