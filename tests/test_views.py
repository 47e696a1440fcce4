"""What `ormistice show` prints comes piece by piece, for the whole may be very long."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ormistice.model import SqlDefault, Stated
from ormistice.snapshot import as_json, json_pieces
from ormistice.sources.prisma.lower import lower
from ormistice.sources.prisma.syntax import parse
from ormistice.text import Document
from ormistice.views import view
from sources.prisma.prisma_schemas import any_names, schemas

TEXT = "model A {\n  id Int @id\n  quantity Int?\n}\n"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=20)
@given(schemas(names=any_names, most_views=2))
def test_the_pieces_of_json_are_the_document(schema):
    assert "".join(json_pieces(schema)) == json.dumps(as_json(schema), indent=2, ensure_ascii=False) + "\n"


def test_a_default_of_several_lines_keeps_to_its_column():
    schema = lower("prisma", [parse(Document("schema.prisma", TEXT))])
    (table,) = schema.tables
    quantity = table.columns[1]
    default = Stated(SqlDefault("(1 +\n2)"), quantity.place)
    changed = replace(table, columns=(table.columns[0], replace(quantity, default=default)))

    assert "".join(view(replace(schema, tables=(changed,)), "text")).splitlines()[1:4] == [
        "  id        integer  NOT NULL",
        "  quantity  integer            DEFAULT (1 +",
        "                               2)",
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_told_in_one_line(tmp_path):
    (tmp_path / "schema.prisma").write_text(TEXT)
    command = [str(Path(sys.executable).with_name("ormistice")), "show", "schema.prisma"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, "ormistice: stdout: no space left on device\n")
