"""Lines that are not Prisma, and what is said of them: Prisma itself refuses them all, which is tested as well."""

GOOD = "model Other {\n  id Int @id\n}\n"

BAD_LINES = [
    ("a Int @map(", "3:14 expected a name, a number, a string, `)`, `[`, `[]` or `,`, found the end of the line"),
    ("a Int @default(5", "3:19 expected `)` or `,`, found the end of the line"),
    ("a Int @", "3:9 expected an attribute, the end of the line, `(`, `[]` or `?`, found `@`"),
    (
        'a Int @map("x)',
        "3:14 expected a name, a number, a string, `)`, `[`, `[]` or `,`, found a string without end",
    ),
    ("a Int b", "3:9 expected an attribute, the end of the line, `(`, `[]` or `?`, found `b`"),
    ("@@index([id)", "3:14 expected `]` or `,`, found `)`"),
    ("@@index([id]) @@unique([id])", "3:17 expected the end of the line, found `@@unique`"),
    ("a Int /* no */ @unique", "3:9 expected an attribute, the end of the line, `(`, `[]` or `?`, found `/*`"),
    ("\x00", "3:3 expected a name or a block attribute, found `\x00`"),
    ("a", "3:3 `a` has no type"),
    ("a = 5", "3:3 expected a name and a type"),
    ("a: Int", "3:4 a field's type stands without `:` before it"),
    ("a Int!", "3:8 fields are required without `!`"),
    ("a [Int]", "3:5 a list is written `Type[]`, not `[Type]`"),
    ("a Int[]?", "3:10 a list cannot be optional: expected `[]` or `?`, not both"),
    ('a Int @map(name: "x",)', "3:24 expected an argument or no comma before `)`"),
    ("a String @default(cuid(2,))", "3:28 expected an argument or no comma before `)`"),
    ("@@index(fields: id(sort: Desc,))", "3:33 expected an argument or no comma before `)`"),
    ('a Unsupported("x",)', '3:5 expected a type: a name or `Unsupported("...")`, found `Unsupported`'),
    ("@@index([id], map:)", "3:20 expected a value behind `map:`"),
    ("@@index([id], a.b: 1)", "3:17 expected a name without dots, found `a.b`"),
    ("a² Int", "3:3 expected a name or a block attribute, found `a²`"),
    ("1a Int", "3:3 `1a` cannot be a name: expected a letter, then letters, digits and `_`"),
    ("a-b Int", "3:3 `a-b` cannot be a name: expected a letter, then letters, digits and `_`"),
    ("a x.Post[]", '3:5 expected a type: a name or `Unsupported("...")`, found `x.Post`'),
    ("a Unsupported(5)", '3:5 expected a type: a name or `Unsupported("...")`, found `Unsupported`'),
]

GOOD_LINES = [
    "@@index([id(sort: Desc,)])",
    "@@index(fields: [id(,)])",
    '@@index([id(ops: raw("int4_ops",))])',
    "a String @db.VarChar(5,)",
]
"""Where Prisma takes a last comma."""


def model(*lines: str) -> str:
    return "model A {\n  id Int @id\n" + "".join(f"  {line}\n" for line in lines) + "  last Int\n}\n\n" + GOOD
