"""The source itself: asks the probe, lowers its answer, and writes changes back."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from ormistice.errors import AuditError
from ormistice.findings import Use
from ormistice.fixes import Change, Fix, Patch
from ormistice.model import Problem, Schema, Table
from ormistice.names import QualifiedName
from ormistice.parsing import read_document
from ormistice.sources import SourceRequest, shown
from ormistice.sources.sqlalchemy.environment import scrubbed
from ormistice.sources.sqlalchemy.failures import Failure, failure, nothing
from ormistice.sources.sqlalchemy.location import interpreter, located
from ormistice.sources.sqlalchemy.lower import lower, lower_ahead
from ormistice.sources.sqlalchemy.places import Answer, Places
from ormistice.sources.sqlalchemy.process import Asked, ask, limits, probe
from ormistice.sources.sqlalchemy.restating import Imported, restated, tried
from ormistice.sources.sqlalchemy.target import (
    Target,
    module_file,
    package_files,
    resolve,
    together,
)
from ormistice.sources.sqlalchemy.unreached import unreached
from ormistice.text import Document, Span


@dataclass(frozen=True)
class Models:
    """Classes and tables of one application.

    `_begun` is the import that the first `load` waits for. Once that is known, `_failed` is why it is not imported,
    `_imported` what importing it told, `_read` what was made of that.
    """

    request: SourceRequest
    _begun: list[Asked] = field(default_factory=list)
    _failed: list[Failure] = field(default_factory=list)
    _imported: list[Imported] = field(default_factory=list)
    _read: list[Schema] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.request.name

    @property
    def kind(self) -> str:
        """`sqlmodel` or `sqlalchemy`, as the user wrote it."""
        return self.request.kind

    @property
    def location(self) -> str:
        """Where its targets lie."""
        return self.request.shown_targets()

    @cached_property
    def _targets(self) -> tuple[Target, ...]:
        if not self.request.targets:
            raise AuditError(
                f"{self.kind}: names no module", f"write {self.kind}:path/to/models.py or {self.kind}:package.module"
            )
        return together(tuple(resolve(self.request, text) for text in self.request.targets))

    @cached_property
    def _python(self) -> str:
        near = (located(self.request, text) for text in self.request.targets[:1])
        return interpreter(self.request, next(near, None))

    def uses(self, schema: Schema, tables: tuple[Table, ...]) -> Mapping[QualifiedName, tuple[Use, ...]]:
        """Where the Python code of the project names each table's class."""
        from ormistice.sources.sqlalchemy.usage import uses

        return uses(schema, tables, self.request.base)

    def begin(self) -> None:
        """Have the application imported from now on; what stands in the way of that, `load` tells."""
        if not self.request.options.get("static"):
            with suppress(AuditError):
                self._begun.append(self._asked(()))

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        """The tables that the application's classes declare, as they would be with `fixes` applied.

        What cannot be imported is read as text where there is more to audit, and every time from then on.
        """
        targets = self._targets
        python = self._python

        def read(file: str) -> Document | None:
            try:
                return read_document(Path(file), shown(Path(file)), fixes)
            except AuditError:
                return None

        first = shown(targets[0].file or targets[0].root)
        places = Places(read, Span(first, 0, 0))
        answer, ahead = self._answer(targets, python, places, fixes)
        if not answer["tables"]:
            raise nothing(targets[0], answer["problems"], places)
        told = [failed.problem(places) for failed in self._failed]
        schema = lower(self.name, answer, places, (*told, *self._unreached(answer, targets, places)), ahead)
        if not fixes:
            self._read[:] = [schema]
        return schema

    def tried(self, fixes: tuple[Fix, ...]) -> Schema:
        """What `load` gives, but for the places, where that can be told for less."""
        for imported, schema in zip(self._imported, self._read, strict=False):
            if (found := tried(imported, schema, fixes)) is not None:
                return found
        return self.load(fixes)

    def _answer(
        self, targets: tuple[Target, ...], python: str, places: Places, fixes: tuple[Fix, ...]
    ) -> tuple[Answer, tuple[Table, ...]]:
        """What importing tells; what the text tells where that is asked for, or importing fails in a larger audit.

        With it are the first of its tables that are lowered already.
        """
        if self.request.options.get("static") or self._failed:
            return self._static(targets, python, places), ()
        for imported in self._imported if fixes else ():
            again = restated(imported, sorted(_python_files(fixes)), places)
            if again is not None:
                return again, ()
        answer = self._import(targets, python, places, fixes)
        if not isinstance(answer, Failure):
            return answer
        refusal = answer.refusal(places)
        if fixes or not self.request.among_others:
            raise refusal
        try:
            instead = self._static(targets, python, places)
        except AuditError:
            raise refusal from None
        if not instead["tables"]:
            raise refusal
        self._failed.append(answer)
        return instead, ()

    def _import(
        self, targets: tuple[Target, ...], python: str, places: Places, fixes: tuple[Fix, ...]
    ) -> tuple[Answer, tuple[Table, ...]] | Failure:
        """The probe's answer, and the tables of it that it told ahead."""
        if not fixes:
            self._imported.clear()  # of a text that may be another one now
        try:
            asked = self._begun.pop() if self._begun and not fixes else self._asked(fixes)
            # The text is parsed while the application is imported, and tables are lowered while others are read.
            for file in self._files(targets):
                places.prepare(str(file))
            ahead = lower_ahead(asked.parts(), places)
            answer = asked.answer()
        except AuditError as refused:
            return Failure(refused.message, refused.hint)
        if error := answer.get("error"):
            return failure(error, targets[error.get("target", 0)], python, places)
        broken = next((problem for problem in answer["problems"] if problem["kind"] == "import"), None)
        if broken and not answer["tables"] and self.request.among_others:
            return failure(broken, targets[0], python, places)
        if answer.pop("stays") and not fixes:
            self._imported.append(Imported(answer, places, asked.probe))
        return answer, ahead

    def _asked(self, fixes: tuple[Fix, ...]) -> Asked:
        """A probe that imports the targets from now on. Raises AuditError where none can be started."""
        within = limits(self.request.options)
        started = probe(self._python, self.request.base, within)
        # It gets ready while what to ask is found out. A larger audit will ask again, with fixes.
        question = self._question(self._targets, fixes)
        return ask(started, {**question, "memory": within.memory, "stay": self.request.among_others})

    def _unreached(self, answer: Answer, targets: tuple[Target, ...], places: Places) -> Iterable[Problem]:
        """Classes on disk that importing the models does not reach; none where not all of them were meant to be."""
        static = self.request.options.get("static") or self._failed
        if static or answer.get("left_out") or any(target.attribute for target in targets):
            return ()
        failed = {problem["module"] for problem in answer["problems"] if problem["kind"] == "import"}
        told = {module_file(target.root, name) for target in targets for name in failed}
        files = (file for target in targets for file in package_files(target) if file not in told)
        return unreached(answer, files, places)

    def _static(self, targets: tuple[Target, ...], python: str, places: Places) -> dict[str, Any]:
        from ormistice.sources.sqlalchemy.static import read_statically

        for target in targets:
            if target.file is None and not target.also:
                raise AuditError(f"{target.text}: no such module below {shown(self.request.base)}", "name its file")
        base = self.request.base.resolve()
        roots = (*dict.fromkeys(target.root for target in targets), base)
        environment = scrubbed(os.environ, limits(self.request.options).passed)
        return read_statically(self._files(targets), roots, places.module, python, environment)

    @staticmethod
    def _files(targets: tuple[Target, ...]) -> list[Path]:
        more = [module_file(target.root, name) for target in targets for name in target.also]
        return [file for file in (*(target.file for target in targets), *more) if file is not None]

    def _question(self, targets: tuple[Target, ...], fixes: tuple[Fix, ...]) -> Mapping[str, Any]:
        base = self.request.base.resolve()
        roots = list(dict.fromkeys(str(target.root) for target in targets))
        between = [
            folder for target in targets for folder in target.root.parents if folder == base or base in folder.parents
        ]
        return {
            "paths": roots,
            "last": list(dict.fromkeys(map(str, between))),
            "roots": list(dict.fromkeys([*roots, str(base)])),
            "targets": [
                {
                    "module": target.module,
                    "file": str(target.file) if target.file else None,
                    "attribute": target.attribute,
                    "also": target.also,
                }
                for target in targets
            ],
            "edits": {
                real: read_document(Path(file), file, fixes).text
                for real, file in sorted(_python_files(fixes).items())
                if Path(file).exists()
            },
        }

    def prepare(self) -> None:
        """Import what it writes with: many modules, of which an audit without differences needs none."""
        import_module("ormistice.sources.sqlalchemy.write")

    def write(self, schema: Schema, change: Change) -> Fix | None:
        """`change` as edits of the Python text; None where it cannot be written."""
        from ormistice.sources.sqlalchemy.write import write

        return write(schema, change)


def _python_files(fixes: tuple[Fix, ...]) -> dict[str, str]:
    """The Python files that fixes edit, by real path."""
    edits = (edit for fix in fixes if isinstance(fix, Patch) for edit in fix.edits)
    return {str(Path(edit.span.file).resolve()): edit.span.file for edit in edits if edit.span.file.endswith(".py")}
