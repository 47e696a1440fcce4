"""Reports to render: of a story with every kind of finding, and of names that would harm whoever shows them."""

from dataclasses import replace

from building import EXPRESSES, HERE, column, enum, foreign_key, name, schema, table
from ormistice.alignment import Sources
from ormistice.audit import check
from ormistice.findings import Finding, Report, SourceSummary, SuggestedFix
from ormistice.fixes import Applicability, Edit, Patch, Script
from ormistice.model import CheckConstraint, Problem, ProblemKind, ReferentialAction, Schema, Stated, Table
from ormistice.text import Document, Span
from ormistice.types import parse_type

NASTY = (
    "a|b`<img src=x> @all",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</pre></code></svg><b onmouseover=alert(3)>",
    "::error::%0A::stop-commands::x",
    "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u2066",
    "[x](javascript:alert(4))",
    "${alert(5)} {{7*7}}",
    "]]>&lt;b&gt; &amp;",
    "two\nlines\r\nof it",
    "# 1 #1 www.example.com https://example.com",
    'click t1 alert"];\nend',
    "\x01\uffff\U0001f600",
    "__proto__",
    "",
)
ODD_PATH = "odd, 100%/<b>:@all.ts"
ODD_TEXT = "export const odd = '</pre><script>alert(6)</script>';\nconst λ = `😀`;\nlast @all\n"


def report_of(*schemas: Schema, fixes: dict[str, SuggestedFix] | None = None, **more: object) -> Report:
    """The report of comparing schemas; `fixes` are by rule, each for the first finding of the rule."""
    among = Sources({item.source: item for item in schemas}).scoped()
    offered = dict(fixes or {})

    def fixed(finding: Finding) -> Finding:
        fix = offered.pop(finding.rule, None)
        return finding if fix is None else replace(finding, fixes=(fix,))

    found = sorted(check(among), key=lambda item: (item.severity.rank, item.rule, item.fingerprint))
    sources = tuple(
        SourceSummary(item.source, "test", ODD_PATH, len(item.tables), len(item.enums), len(item.problems))
        for item in schemas
    )
    return Report(sources, tuple(map(fixed, found)), among, **more)  # type: ignore[arg-type]


def placed(one: Table, start: int, end: int, path: str = ODD_PATH) -> Table:
    """A table that stands in a file."""
    place = Span(path, start, end)
    keys = tuple(
        replace(key, place=place, references=Stated(key.references.value, place))
        for key in one.foreign_keys
        if key.references
    )
    return replace(
        one, place=place, foreign_keys=keys, columns=tuple(replace(item, place=place) for item in one.columns)
    )


def hostile() -> Report:
    """Two sources with hostile names of their own, whose tables, columns, enums, files and fixes have them as well."""
    tables, others = [], []
    for number, text in enumerate(NASTY):
        id_, extra = column(text, "id", "integer", nullable=False), column(text, text or "blank")
        key = foreign_key(text, text or "blank", NASTY[number - 1], "id") if " " not in text and text else None
        if text.split() == [text]:
            keys = (key,) if key else ()
            turned = (replace(key, on_delete=Stated(ReferentialAction.CASCADE, key.place)),) if key else ()
        else:
            keys = turned = ()
        tables.append(placed(table(text, id_, extra, keys=keys), 0, 30))
        if number % 3 != 1:
            typed = column(text, text or "blank", "bigint")
            others.append(placed(table(text, id_, typed, keys=turned), 31, len(ODD_TEXT) - 3))
    one = schema(NASTY[0], *tables, enums=tuple(enum(text, *NASTY) for text in NASTY))
    two = schema(NASTY[1], *others, enums=tuple(enum(text, *reversed(NASTY[2:])) for text in NASTY[:8]))
    document = Document(ODD_PATH, ODD_TEXT)
    problems = (
        Problem(ProblemKind.SYNTAX_ERROR, f"not understood: {NASTY[1]}", Span(ODD_PATH, 3, 3)),
        Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, f"unknown {NASTY[2]}", Span("not read.ts", 1, 2)),
    )
    patch = Patch(
        NASTY[1],
        (Edit(Span(ODD_PATH, 13, 16), "even</pre><script>alert(7)</script>"), Edit(Span(ODD_PATH, 61, 66), "μ")),
    )
    script = Script(NASTY[0], (f'DROP TABLE "{NASTY[1]}";\n-- {NASTY[0]}',), Applicability.UNSAFE)
    fixes = {
        "column-type-mismatch": SuggestedFix(
            patch, verified=True, diff=f"--- a/{ODD_PATH}\n+++ b/x\n-{NASTY[5]}\n+b\n"
        ),
        "missing-table": SuggestedFix(script, verified=False),
    }
    return report_of(
        replace(one, documents=(document,), problems=problems),
        replace(two, documents=(document,)),
        fixes=fixes,
        owners=(("*proto*", NASTY[0]),),
        not_compared=NASTY,
        suppressed=1,
    )


SHOP_TEXT = """model users {
  id   Int  @id
  mood mood
}

model orders {
  id      Int @id
  user_id Int
  user    users @relation(fields: [user_id], references: [id], onDelete: Cascade)
}
"""


def shop() -> Report:
    """A small story in which everything happens that a long report tells of."""
    users = (column("users", "id", "integer", nullable=False), column("users", "mood", "text"))
    orders = (column("orders", "id", "integer", nullable=False), column("orders", "user_id", "integer"))
    key = foreign_key("orders", "user_id", "users")
    start = SHOP_TEXT.index("model orders")
    action = Span("schema.prisma", SHOP_TEXT.index("Cascade"), SHOP_TEXT.index("Cascade") + 7)
    ours = placed(table("orders", *orders, keys=(key,)), start, len(SHOP_TEXT) - 1, "schema.prisma")
    cascading = tuple(replace(item, on_delete=Stated(ReferentialAction.CASCADE, action)) for item in ours.foreign_keys)
    prisma = replace(
        schema(
            "prisma",
            placed(table("users", *users), 0, start - 2, "schema.prisma"),
            replace(ours, foreign_keys=cascading),
            enums=(enum("mood", "glad", "sad", "new"), enum("size", "s", "m")),
            expresses=EXPRESSES - {CheckConstraint},
        ),
        documents=(Document("schema.prisma", SHOP_TEXT),),
        problems=(Problem(ProblemKind.UNSUPPORTED_CONSTRUCT, "`@db.Odd` is not known", Span("schema.prisma", 35, 40)),),
    )
    checked = replace(
        table("orders", *orders, keys=(key,)),
        checks=(CheckConstraint(name("orders"), Stated("user_id > 0", HERE), HERE, name=Stated("positive", HERE)),),
    )
    database = schema(
        "database",
        table("users", *users),
        checked,
        table("sessions"),
        enums=(enum("mood", "glad", "sad"), enum("size", "m", "s")),
    )
    patch = Patch("prisma", (Edit(action, "NoAction"),))
    script = Script("database", ("CREATE TABLE sessions (id integer);",))
    return report_of(
        database,
        prisma,
        fixes={
            "on-delete-mismatch": SuggestedFix(patch, verified=True, diff="-  Cascade\n+  NoAction\n"),
            "unmanaged-table": SuggestedFix(script, verified=False),
        },
        owners=(("legacy_*", "Accounting"),),
        not_compared=("the check of `orders.note`: PostgreSQL cannot read it",),
        suppressed=2,
    )


def large(tables: int = 300) -> Report:
    """Two sources of many tables that reference each other."""
    return report_of(
        large_schema("a", tables, ReferentialAction.CASCADE), large_schema("b", tables, ReferentialAction.SET_NULL)
    )


def various(tables: int) -> Report:
    """Two sources of many tables, each of which differs in a way of its own."""
    made = []
    for source, step in (("a", 1), ("b", 2)):
        columns = (
            (
                column(f"table_{number:03}", "id", "integer"),
                column(f"table_{number:03}", "x", f"numeric({number + step})"),
            )
            for number in range(tables)
        )
        made.append(schema(source, *(table(f"table_{number:03}", *own) for number, own in enumerate(columns))))
    return report_of(*made)


def large_schema(source: str, tables: int, action: ReferentialAction = ReferentialAction.NO_ACTION) -> Schema:
    """Tables of which each references one of a third of its number."""
    made = []
    for number in range(tables):
        text = f"table_{number:03}"
        id_, other = column(text, "id", "integer", nullable=False), column(text, "owner_id", "integer")
        key = foreign_key(text, "owner_id", f"table_{number // 3:03}", "id", action)
        made.append(table(text, id_, other, keys=(key,)))
    return schema(source, *made)


def repeated(tables: int = 12) -> Report:
    """One difference in many tables, each at a place and with a fix of its own; and tables that one source lacks."""
    names = [f"table_{number:03}" for number in range(tables)]
    lines = [f"model {text} {{ owner bigint }}\n" for text in names]
    starts = [sum(map(len, lines[:number])) for number in range(tables)]
    declared = []
    for text, line, start in zip(names, lines, starts, strict=True):
        place = Span("schema.prisma", start, start + len(line) - 1)
        owner = replace(column(text, "owner", "bigint"), type=Stated(parse_type("bigint"), place))
        declared.append(placed(table(text, column(text, "id", "integer"), owner), place.start, place.end, place.file))
    prisma = replace(schema("prisma", *declared), documents=(Document("schema.prisma", "".join(lines)),))
    wanted = (table(text, column(text, "id", "integer"), column(text, "owner", "text")) for text in names)
    report = report_of(schema("database", *wanted, *(table(f"lost_{number}") for number in range(4))), prisma)

    def fixed(finding: Finding) -> Finding:
        if finding.rule != "column-type-mismatch" or finding.identity is None:
            return finding
        number = names.index(finding.identity.name.name)
        start = starts[number] + lines[number].index("bigint")
        diff = f"--- a/schema.prisma\n+++ b/schema.prisma\n-bigint {number}\n+text {number}\n"
        patch = Patch("prisma", (Edit(Span("schema.prisma", start, start + 6), f"text_{number}"),))
        return replace(finding, fixes=(SuggestedFix(patch, verified=True, diff=diff),))

    ordered = sorted(report.findings, key=lambda item: (item.severity.rank, str(item.identity)))
    return replace(report, findings=tuple(map(fixed, ordered)))
