"""A patch reads back as what was asked for, and touches nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.sources.sqlalchemy.reading import opened, written

from ormistice.fixes import Change, Occupied, Patch, edited
from ormistice.model import ForeignKey, Reference, ReferentialAction, Schema, Stated
from ormistice.names import QualifiedName

HEAD = """
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlmodel import Field, SQLModel

class Base(DeclarativeBase):
    pass
"""
ACTIONS = [None, *ReferentialAction]
TARGETS = [("public", "users"), ("public", "user_credits"), ("auth", "people")]
SAID_BY_FIELD = (None, ReferentialAction.CASCADE, ReferentialAction.SET_NULL, ReferentialAction.RESTRICT)


def foreign_keys(schema: Schema) -> list[ForeignKey]:
    return [key for table in schema.tables for key in table.foreign_keys]


def as_if(place: Stated | None, value: object, base: ForeignKey) -> Stated:
    return Stated(value, place.place if place else base.place)


def laid_out(function: str, arguments: list[str], layout: str) -> str:
    """A call on one line, or with an argument a line, with or without a comma at the end, with comments."""
    match layout:
        case "line":
            return f"{function}({', '.join(arguments)})"
        case "comma":
            return f"{function}({', '.join(arguments)},)"
        case "lines":
            return f"{function}(\n            " + ",\n            ".join(arguments) + ",\n        )"
        case "open":
            return f"{function}(\n            " + ",\n            ".join(arguments) + ")"
        case _:
            return (
                f"{function}(\n            " + ",  # why, é\n            ".join(arguments) + "  # the last\n        )"
            )


@st.composite
def tables(draw: st.DrawFn, number: int) -> tuple[str, ForeignKey]:
    """The text of a table with one foreign key, and the key that it shall have afterwards."""
    kind = draw(st.sampled_from(["field", "sa_column", "mapped", "core", "composite"]))
    quote = draw(st.sampled_from("'\""))
    layout = draw(st.sampled_from(["line", "comma", "lines", "open", "commented"]))
    said = st.sampled_from(SAID_BY_FIELD if kind == "field" else ACTIONS)
    words = []
    case = st.sampled_from([str.upper, str.lower])
    for name in ("ondelete",) if kind == "field" else ("ondelete", "onupdate"):
        action = draw(said)
        words += [] if action is None else [f"{name}={quote}{draw(case)(action.value)}{quote}"]
    extra = draw(st.sampled_from([[], ["index=True"] if kind == "field" else ["deferrable=True"]]))
    columns = ("a", "b") if kind == "composite" else ("a",)
    if kind == "composite":
        target = f"[{quote}pairs.x{quote}, {quote}pairs.y{quote}]"
        call = laid_out("ForeignKeyConstraint", [draw(st.sampled_from(['["a", "b"]'])), target, *words, *extra], layout)
        text = f'Table("t{number}", Base.metadata, Column("b", Integer), Column("a", Integer), {call})\n'
    elif kind == "field":
        arguments = draw(st.permutations([f"foreign_key={quote}users.id{quote}", *words, *extra]))
        text = f"class T{number}(SQLModel, table=True):\n    __tablename__ = 't{number}'\n    id: int = Field(primary_key=True)\n"
        text += f"    a: int | None = {laid_out('Field', arguments, layout)}\n"
    else:
        target = draw(
            st.sampled_from([f"{quote}users.id{quote}", f"({quote}users.id{quote})", f"column={quote}users.id{quote}"])
        )
        call = laid_out("ForeignKey", [target, *(draw(st.permutations([*words, *extra])))], layout)
        text = {
            "core": f'Table("t{number}", Base.metadata, Column("a", Integer, {call}))\n',
            "mapped": f"class T{number}(Base):\n    __tablename__ = 't{number}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
            f"    a: Mapped[int | None] = mapped_column({call})\n",
            "sa_column": f"class T{number}(SQLModel, table=True):\n    __tablename__ = 't{number}'\n    id: int = Field(primary_key=True)\n"
            f"    a: int | None = Field(sa_column=Column(Integer, {call}))\n",
        }[kind]
    schema, table = draw(st.sampled_from(TARGETS))
    reference = Reference(QualifiedName(schema, table), ("m", "k")[: len(columns)])
    on_delete = draw(said) or ReferentialAction.NO_ACTION
    on_update = (draw(said) or ReferentialAction.NO_ACTION) if kind != "field" else None
    nowhere = ForeignKey(QualifiedName("public", f"t{number}"), columns, None)
    return text, replace(
        nowhere,
        references=Stated(reference, None),
        on_delete=Stated(on_delete, None),
        on_update=Stated(on_update, None) if on_update else None,
    )


def asked(before: ForeignKey, wanted: ForeignKey) -> ForeignKey:
    """`before` with the target and the actions of `wanted`; its places stay."""
    changes = {}
    for name in ("references", "on_delete", "on_update"):
        stated, new = getattr(before, name), getattr(wanted, name)
        if stated is not None and new is not None:
            changes[name] = Stated(new.value, stated.place)
    return replace(before, **changes)


@settings(
    max_examples=settings().max_examples // 6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # each step of shrinking would start two interpreters
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_patch_reads_back_as_it_was_asked(tmp_path: Path, data: st.DataObject) -> None:
    drawn = [data.draw(tables(number)) for number in range(12)]
    text = HEAD + "\n".join(text for text, _ in drawn)
    written(tmp_path, models=text)
    source = opened(tmp_path, "models.py")
    schema = source.load()
    wanted = {key.table: key for _, key in drawn}
    pairs = [(key, asked(key, wanted[key.table])) for key in foreign_keys(schema)]

    patches = [source.write(schema, Change("models", before, after)) for before, after in pairs if before != after]
    assert all(isinstance(patch, Patch) for patch in patches), text
    after = source.load(tuple(patch for patch in patches if patch is not None))

    assert [key for _, key in pairs] == foreign_keys(after), edited(
        schema.documents[0].path, text, [p for p in patches if p]
    )
    assert (tmp_path / "models.py").read_text() == text


def change(base: Path, text: str, **values: object) -> tuple[str, Patch | None]:
    """The one foreign key of `text` changed, and the text afterwards."""
    written(base, models=HEAD + text)
    source = opened(base, "models.py")
    schema = source.load()
    (before,) = foreign_keys(schema)
    after = replace(before, **{name: Stated(value, getattr(before, name).place) for name, value in values.items()})
    patch = source.write(schema, Change("models", before, after))
    if patch is None:
        return "", None
    assert isinstance(patch, Patch)
    assert foreign_keys(source.load((patch,))) == [after]
    (document,) = schema.documents
    return edited(document.path, document.text, [patch]).removeprefix(HEAD), patch


CLASS = "class T(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n    owner: str | None = {}\n"


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        (
            'Field(foreign_key="users.id")',
            {"on_delete": "CASCADE"},
            'Field(foreign_key="users.id", ondelete="CASCADE")',
        ),
        (
            "Field(foreign_key='users.id', index=True)",
            {"on_delete": "SET NULL"},
            "Field(foreign_key='users.id', ondelete='SET NULL', index=True)",
        ),
        (
            'Field(foreign_key="users.id", ondelete="CASCADE")',
            {"on_delete": "NO ACTION"},
            'Field(foreign_key="users.id")',
        ),
        (
            'Field(ondelete="CASCADE", foreign_key="users.id")',
            {"on_delete": "NO ACTION"},
            'Field(foreign_key="users.id")',
        ),
        (
            "Field(sa_column=Column(ForeignKey('users.id', ondelete='cascade')))",
            {"on_delete": "SET NULL"},
            "Field(\n        sa_column=Column(ForeignKey('users.id', ondelete='set null'))\n    )",
        ),
        (
            'Field(\n        foreign_key="users.id",  # Better Auth\n        index=True,\n    )',
            {"on_delete": "CASCADE"},
            'Field(\n        foreign_key="users.id",  # Better Auth\n        ondelete="CASCADE",\n        index=True,\n    )',
        ),
        (
            'Field(\n        foreign_key="users.id",\n        ondelete="CASCADE"\n    )',
            {"on_delete": "NO ACTION"},
            'Field(\n        foreign_key="users.id",\n    )',
        ),
        (
            "Field(sa_column=Column(ForeignKey('users.id')))",
            {"on_update": "CASCADE"},
            # A line that grows too long is broken as formatters break it.
            "Field(\n        sa_column=Column(ForeignKey('users.id', onupdate='CASCADE'))\n    )",
        ),
    ],
)
def test_edits_are_the_smallest_in_the_files_own_style(
    tmp_path: Path, before: str, values: dict[str, str], after: str
) -> None:
    text, _ = change(
        tmp_path, CLASS.format(before), **{name: ReferentialAction(value) for name, value in values.items()}
    )

    assert text == CLASS.format(after)


def test_target_keeps_the_schema_that_it_is_written_with(tmp_path: Path) -> None:
    text = 'Table("t", Base.metadata, Column("a", ForeignKey("public.users.id")))\n'
    changed, _ = change(tmp_path, text, references=Reference(QualifiedName("public", "owners"), ("id",)))
    assert changed == text.replace("users.id", "owners.id")

    text = 'm = sa.MetaData(schema="app")\nTable("t", m, Column("a", ForeignKey("users.id")))\n'
    changed, _ = change(tmp_path, text, references=Reference(QualifiedName("app", "owners"), ("id",)))
    assert changed == text.replace("users.id", "owners.id")
    changed, _ = change(tmp_path, text, references=Reference(QualifiedName("public", "owners"), ("id",)))
    assert changed == text.replace("users.id", "public.owners.id")


def test_target_given_as_a_column_becomes_a_string(tmp_path: Path) -> None:
    text = 'users = Table("users", Base.metadata, Column("id", Integer, primary_key=True))\n'
    text += 'Table("t", Base.metadata, Column("a", ForeignKey(users.c.id)))\n'
    changed, _ = change(tmp_path, text, references=Reference(QualifiedName("public", "owners"), ("id",)))

    # What had its type from the column that it referenced keeps it.
    assert changed == text.replace("ForeignKey(users.c.id)", 'Integer, ForeignKey("owners.id")')


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            'MORE = {"ondelete": "CASCADE"}\nTable("t", Base.metadata, Column("a", ForeignKey("users.id", **MORE)))\n',
            {"on_delete": ReferentialAction.NO_ACTION},
        ),
        (
            'def key(to):\n    return ForeignKey(to)\nTable("t", Base.metadata, Column("a", key("users.id")))\n',
            {"on_delete": ReferentialAction.CASCADE},
        ),
    ],
)
def test_what_cannot_be_written_is_not(tmp_path: Path, text: str, values: dict[str, object]) -> None:
    assert change(tmp_path, text, **values)[1] is None


@pytest.mark.parametrize("action", [ReferentialAction.SET_NULL, ReferentialAction.SET_DEFAULT])
def test_what_a_field_has_no_word_for_it_hands_on(tmp_path: Path, action: ReferentialAction) -> None:
    """SQLModel refuses SET NULL on a column that takes no NULL, and does not know SET DEFAULT."""
    text = HEAD + CLASS.format('Field(foreign_key="users.id", index=True)').replace("str | None", "str")
    written(tmp_path, models=text)
    source = opened(tmp_path, "models.py")
    schema = source.load()
    (before,) = foreign_keys(schema)
    asked_for = replace(before, on_delete=as_if(before.on_delete, action, before))

    patch = source.write(schema, Change("models", before, asked_for))

    assert isinstance(patch, Patch)
    (key,) = foreign_keys(source.load((patch,)))
    assert (key.references, key.on_delete) == (asked_for.references, asked_for.on_delete)
    (document,) = schema.documents
    said = f'Field(index=True, sa_column_args=[ForeignKey("users.id", ondelete="{action.value}")])'
    broken = said.replace("Field(", "Field(\n        ").removesuffix(")") + "\n    )"
    assert edited(document.path, document.text, (patch,)) in (
        text.replace('Field(foreign_key="users.id", index=True)', said),
        text.replace('Field(foreign_key="users.id", index=True)', broken),
    )


def test_patches_of_two_keys_do_not_overlap(tmp_path: Path) -> None:
    written(
        tmp_path,
        models=HEAD
        + CLASS.format('Field(foreign_key="users.id")')
        + '    other: str = Field(foreign_key="users.id")\n',
    )
    source = opened(tmp_path, "models.py")
    schema = source.load()
    one, two = (
        source.write(
            schema, Change("models", key, replace(key, on_delete=Stated(ReferentialAction.CASCADE, key.place)))
        )
        for key in foreign_keys(schema)
    )

    assert isinstance(one, Patch)
    assert isinstance(two, Patch)
    occupied = Occupied()
    occupied.take(one)
    assert occupied.fits(two)
