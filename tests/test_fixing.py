"""`ormistice fix`: a diff that patch takes, files written all or none, and nothing left to fix afterwards."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from building import column, schema, table
from changes.spoken import Column, Spoken, drizzle, prisma
from ormistice.audit import Settings, audit
from ormistice.config import read_config, requests
from ormistice.errors import AuditError
from ormistice.fixes import Change, Edit, Fix, Patch, edited
from ormistice.fixing import Limits, apply, as_diff
from ormistice.model import Column as ModelColumn
from ormistice.model import Schema
from ormistice.sources import Source, SourceRequest, kind_of
from ormistice.text import Document, Span

STORY = Path(__file__).parent.parent / "fixtures" / "credits"
SCHEMA, MODELS = "nextjs/src/database/schema.ts", "fastapi/models/credits.py"


@pytest.fixture
def story(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORY, tmp_path / "credits"))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ormistice.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def texts(folder: Path) -> tuple[str, str]:
    return (folder / SCHEMA).read_text("utf-8"), (folder / MODELS).read_text("utf-8")


def test_the_diff_is_one_that_patch_takes_and_it_mends_all(story: Path) -> None:
    before = texts(story)
    shown = run(story, "fix")
    assert (shown.returncode, texts(story)) == (0, before)

    subprocess.run(["patch", "-p1", "--quiet"], cwd=story, input=shown.stdout, text=True, check=True)
    assert run(story, "audit").returncode == 0


def test_applied_they_leave_nothing_to_fix_and_touch_three_lines(story: Path) -> None:
    before = "\n".join(texts(story)).split("\n")
    done = run(story, "fix", "--apply", "--severity", "warning")
    after = "\n".join(texts(story)).split("\n")

    assert (done.returncode, done.stdout.split()) == (0, [MODELS, SCHEMA])
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 3
    assert run(story, "audit").returncode == 0
    assert run(story, "fix", "--severity", "warning").stdout == ""


def test_towards_a_schema_file_the_database_gets_statements_and_is_left_alone(story: Path) -> None:
    shown = run(story, "fix", "--towards", "drizzle")

    assert shown.returncode == 0, shown.stderr
    assert "-- for database" in shown.stdout
    assert shown.stdout.count("VALIDATE CONSTRAINT") == 2


def test_where_one_file_was_changed_meanwhile_none_is_written(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(story)
    config = read_config(story / "ormistice.toml")
    opened = tuple(
        kind_of(item.locations[0], story)[0].open(asked)
        for item, asked in zip(config.sources, requests(config), strict=True)
    )
    schema, models = texts(story)

    def somebody_edits(step: str) -> None:
        if step == "verifying fixes":
            (story / SCHEMA).write_text(schema + "// new\n", "utf-8")

    with pytest.raises(AuditError, match=r"schema\.ts: is not what was read, and nothing was written"):
        apply(opened, Settings(databases=frozenset({"database"})), Limits(), somebody_edits)

    assert texts(story) == (schema + "// new\n", models)


# A small pair: Drizzle is led to what Prisma says.

WANTED = Spoken({"users": (Column("a", "text", required=True), Column("mood", "mood"))})
GIVEN = Spoken({"users": (Column("a", "text"), Column("mood", "mood"))})


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Source, ...]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schema.prisma").write_text(prisma(WANTED), "utf-8")
    (tmp_path / "schema.ts").write_text(drizzle(GIVEN), "utf-8")
    return opened_in(tmp_path)


def opened_in(folder: Path) -> tuple[Source, ...]:
    found = {"prisma": "schema.prisma", "drizzle": "schema.ts"}
    return tuple(
        kind_of(file, folder)[0].open(SourceRequest(name, name, (file,), folder)) for name, file in found.items()
    )


def led(pair: tuple[Source, ...]) -> tuple[str, ...]:
    return apply(pair, Settings(towards="prisma"), Limits(unsafe=True), lambda _: None).files


def test_a_file_that_cannot_be_written_stays(pair: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("schema.ts").chmod(0o444)
    # The superuser may write to every file.
    monkeypatch.setattr(os, "access", lambda path, _: bool(Path(path).stat().st_mode & 0o200))

    with pytest.raises(AuditError, match=r"^schema\.ts: cannot be written, and nothing was$"):
        led(pair)
    assert Path("schema.ts").read_text("utf-8") == drizzle(GIVEN)
    assert sorted(os.listdir()) == ["schema.prisma", "schema.ts"]


def test_where_there_is_no_space_nothing_is_written(pair: tuple[Source, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "chmod", full)

    with pytest.raises(AuditError, match=r"^schema\.ts: cannot be written, and nothing was"):
        led(pair)
    assert Path("schema.ts").read_text("utf-8") == drizzle(GIVEN)
    assert sorted(os.listdir()) == ["schema.prisma", "schema.ts"]


def test_a_link_stays_a_link(pair: tuple[Source, ...]) -> None:
    Path("elsewhere").mkdir()
    Path("schema.ts").rename("elsewhere/schema.ts")
    Path("schema.ts").symlink_to("elsewhere/schema.ts")

    assert led(pair) != ()
    assert Path("schema.ts").is_symlink()
    assert Path("elsewhere/schema.ts").read_text("utf-8") == drizzle(WANTED)


@pytest.mark.parametrize("language", ["prisma", "drizzle"])
def test_line_ends_stay_as_they_are(language: str, pair: tuple[Source, ...]) -> None:
    """In the file of either source, led to the other; a column is added, which takes a line of its own."""
    more = Spoken({"users": (*WANTED.tables["users"], Column("b", "integer", indexed="index"))})
    file, say = {"prisma": ("schema.prisma", prisma), "drizzle": ("schema.ts", drizzle)}[language]
    Path("schema.prisma").write_text(prisma(more), "utf-8")
    Path("schema.ts").write_text(drizzle(more), "utf-8")
    Path(file).write_bytes(say(GIVEN).replace("\n", "\r\n").encode())
    towards = "drizzle" if language == "prisma" else "prisma"
    apply(pair, Settings(towards=towards), Limits(unsafe=True), lambda _: None)
    lines = Path(file).read_bytes().split(b"\n")

    assert any(b"index(" in line for line in lines)
    assert {line[-1:] for line in lines[:-1]} == {b"\r"}


def test_bytes_that_are_not_utf_8_stay_as_they_are(pair: tuple[Source, ...]) -> None:
    head, tail = b"// caf\xe9, cut off: \xe2\x82, replaced: \xef\xbf\xbd\r\n", b"// \xff\xfe"
    Path("schema.ts").write_bytes(head + drizzle(GIVEN).encode() + tail)

    assert led(pair) == ("schema.ts",)
    assert Path("schema.ts").read_bytes() == head + drizzle(WANTED).encode() + tail


def test_the_diff_of_such_a_file_says_what_writes_it(pair: tuple[Source, ...]) -> None:
    Path("schema.ts").write_bytes(b"// caf\xe9\n" + drizzle(GIVEN).encode())
    report = audit(pair, Settings(towards="prisma"))

    assert as_diff(report, Limits(unsafe=True)).startswith("# schema.ts is not UTF-8, and its diff may not apply: ")


def test_where_such_bytes_would_go_nothing_is_written(tmp_path: Path) -> None:
    """The column's letter is replaced, and the byte beside it with it."""
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_bytes(b"A")
    wrong.write_bytes(b"a\xe9")

    with pytest.raises(AuditError, match="wrong: is not UTF-8 where it is to be changed, and nothing was written"):
        apply((Wide("right", right), Wide("wide", wrong)), Settings(), Limits(), lambda _: None)

    assert wrong.read_bytes() == b"a\xe9"


def test_what_is_not_understood_is_left_as_it_stands(pair: tuple[Source, ...]) -> None:
    text = drizzle(GIVEN).replace('a: text("a")', 'a: ours("a")')
    text = 'import { ours } from "not-there";\n' + text
    Path("schema.ts").write_text(text, "utf-8")

    assert led(pair) == ()
    assert Path("schema.ts").read_text("utf-8") == text


class Liar:
    """A source of two columns: a capital in its file is NOT NULL. The second is written behind the first.

    With both in capitals it reads well as a fix, and then, from the disk, it has lost a column.
    """

    kind, location = "fake", "fake.txt"

    def __init__(self, name: str, file: Path) -> None:
        self.name, self.file = name, file

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        text = self.file.read_bytes().decode()
        after = edited(str(self.file), text, [fix for fix in fixes if isinstance(fix, Patch)])
        shown = "A" if text.startswith("AB") and self.name == "liar" else after.strip()
        columns = [column("t", letter.lower(), nullable=letter.islower()) for letter in shown]
        return replace(schema(self.name, table("t", *columns, primary="")), documents=(Document(str(self.file), text),))

    def write(self, schema: Schema, change: Change) -> Fix | None:
        name = change.after.name if isinstance(change.after, ModelColumn) else ""
        at = schema.documents[0].text.lower().find(name)
        if name == "b" and "A" not in schema.documents[0].text:
            return None
        return Patch(self.name, (Edit(Span(str(self.file), at, at + 1), name.upper()),))


class Wide(Liar):
    """One that replaces the whole file, whatever is in it."""

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        text = self.file.read_text("utf-8", errors="replace")
        after = edited(str(self.file), text, [fix for fix in fixes if isinstance(fix, Patch)])
        columns = [column("t", "a", nullable=after[0].islower())]
        return replace(schema(self.name, table("t", *columns, primary="")), documents=(Document(str(self.file), text),))

    def write(self, schema: Schema, change: Change) -> Fix | None:  # noqa: ARG002 - the same whatever is asked for
        return Patch(self.name, (Edit(Span(str(self.file), 0, 2), "A"),))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_fix_that_comes_out_worse_is_taken_back_and_the_others_stay(tmp_path: Path, ends: str) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("AB", "utf-8")
    wrong.write_bytes(f"ab{ends}".encode())

    done = apply((Liar("right", right), Liar("liar", wrong)), Settings(), Limits(), lambda _: None)

    assert wrong.read_bytes() == f"Ab{ends}".encode()
    assert (done.files, done.fixes) == ((str(wrong),), 1)
    assert [found.rule for found in done.refused] == ["missing-column"]


class Poisoned(Liar):
    """A source of many columns, some of which take another along as soon as they are written to the disk."""

    def __init__(self, name: str, file: Path, poison: str) -> None:
        super().__init__(name, file)
        self.first, self.poison = file.read_text("utf-8"), poison

    def load(self, fixes: tuple[Fix, ...] = ()) -> Schema:
        text = self.file.read_text("utf-8")
        after = edited(str(self.file), text, [fix for fix in fixes if isinstance(fix, Patch)])
        spoiled = any(letter in text for letter in self.poison)
        columns = [column("t", letter.lower(), nullable=letter.islower()) for letter in after]
        columns += [] if spoiled else [column("t", "lost")]
        return replace(schema(self.name, table("t", *columns, primary="")), documents=(Document(str(self.file), text),))

    def write(self, schema: Schema, change: Change) -> Fix | None:
        name = change.after.name if isinstance(change.after, ModelColumn) else ""
        at = schema.documents[0].text.find(name)
        return Patch(self.name, (Edit(Span(str(self.file), at, at + 1), name.upper()),)) if at >= 0 else None


@pytest.mark.parametrize("poison", ["A", "D", "G", "BF", "ABCDEFG", ""])
def test_all_but_the_fixes_to_blame_are_written(tmp_path: Path, poison: str) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("ABCDEFG", "utf-8")
    wrong.write_text("abcdefg", "utf-8")

    sources = Poisoned("right", right, ""), Poisoned("wrong", wrong, poison)
    done = apply(sources, Settings(), Limits(), lambda _: None)

    expected = "".join(letter.lower() if letter in poison else letter for letter in "ABCDEFG")
    assert (wrong.read_text("utf-8"), right.read_text("utf-8")) == (expected, "ABCDEFG")
    assert (done.fixes, len(done.refused)) == (7 - len(poison), len(poison))


def test_a_key_may_go_though_a_relation_goes_on_following_it(tmp_path: Path) -> None:
    """That no key stands behind the relation is then worth a note, and true."""
    (tmp_path / "made.sql").write_text(
        "CREATE TABLE owners (id integer PRIMARY KEY); CREATE TABLE pets (id integer PRIMARY KEY, owner integer);",
        "utf-8",
    )
    (tmp_path / "schema.ts").write_text(
        """import { relations } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const owners = pgTable("owners", { id: integer().primaryKey() });
export const pets = pgTable("pets", { id: integer().primaryKey(), owner: integer().references(() => owners.id) });
export const petsRelations = relations(pets, ({ one }) => ({
  owner: one(owners, { fields: [pets.owner], references: [owners.id] }),
}));
""",
        "utf-8",
    )

    done = run(tmp_path, "fix", "schema.ts", "made.sql", "--towards", "sql", "--apply", "--unsafe")
    again = run(tmp_path, "audit", "schema.ts", "made.sql", "--format", "json")

    assert done.stdout == "schema.ts\n"
    assert "references(" not in (tmp_path / "schema.ts").read_text("utf-8")
    assert [finding["rule"] for finding in json.loads(again.stdout)["findings"]] == ["relation-without-foreign-key"]


def test_a_column_may_come_that_another_client_fills(tmp_path: Path) -> None:
    """Whoever else writes has to fill it, which is told before and after."""
    (tmp_path / "schema.prisma").write_text(
        'datasource db {\n  provider = "postgresql"\n}\n\n'
        "model pets {\n  id Int @id\n  owner Int?\n  changed DateTime @updatedAt\n}\n",
        "utf-8",
    )
    (tmp_path / "schema.ts").write_text(
        """import { integer, pgTable } from "drizzle-orm/pg-core";

export const pets = pgTable("pets", { id: integer().primaryKey(), owner: integer() });
""",
        "utf-8",
    )

    done = run(tmp_path, "fix", "schema.prisma", "schema.ts", "--towards", "prisma", "--apply", "--unsafe")
    again = run(tmp_path, "audit", "schema.prisma", "schema.ts", "--format", "json")

    assert done.stdout == "schema.ts\n"
    told = {(finding["rule"], finding["severity"]) for finding in json.loads(again.stdout)["findings"]}
    assert told == {("client-side-default", "info")}
