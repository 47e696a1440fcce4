"""The plugin as pytest runs it: on the credits story, and in projects that do not ask for it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ormistice.audit import audit
from ormistice.config import read_config
from ormistice.preparing import opened, settings_of

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
STORY = ROOT / "fixtures" / "credits"
PRISMA = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel users {\n  id Int @id\n}\n'
DRIZZLE = 'import { integer, pgTable } from "drizzle-orm/pg-core";\n\nexport const users = pgTable("users", { id: integer().primaryKey() });\n'
CONFIG = '[[sources]]\nlocation = "prisma:schema.prisma"\n\n[[sources]]\nlocation = "drizzle:schema.ts"\n'


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """What an audit imports stays there for the runs inside this one, which forget what they import themselves."""
    config = read_config(STORY / "ormistice.toml")
    sources = opened(config)
    audit(sources, settings_of(config, sources))


@pytest.fixture
def story(pytester: pytest.Pytester) -> pytest.Pytester:
    shutil.copytree(STORY, pytester.path, dirs_exist_ok=True)
    pytester.makepyfile(test_own="def test_own(): pass")
    return pytester


@pytest.fixture
def small(pytester: pytest.Pytester) -> pytest.Pytester:
    """Two sources that agree, and a test of the project's own."""
    (pytester.path / "schema.prisma").write_text(PRISMA, encoding="utf-8")
    (pytester.path / "schema.ts").write_text(DRIZZLE, encoding="utf-8")
    (pytester.path / "ormistice.toml").write_text(CONFIG, encoding="utf-8")
    pytester.makepyfile(test_own="def test_own(): pass")
    return pytester


def audits(result: pytest.RunResult) -> bool:
    return "ormistice.toml::" in result.stdout.str()


def test_the_credits_story(story: pytest.Pytester) -> None:
    result = story.runpytest("-v", "-rf")

    result.stdout.fnmatch_lines_random(
        [
            "ormistice.toml::test_models_have_tables[[]users[]] PASSED*",
            "ormistice.toml::test_columns_exist[[]teams[]] PASSED*",
            "ormistice.toml::test_indexes_exist[[]credit_transactions[]] PASSED*",
            "ormistice.toml::test_unique_constraints_are_enforced[[]users[]] PASSED*",
            "ormistice.toml::test_foreign_keys_exist[[]teams[]] FAILED*",
            "fastapi/models/credits.py:30:35: error foreign-key-target-mismatch (owner_id): sqlmodel has *",
            "  sqlmodel ✗: REFERENCES public.user_credits (user_id) ON DELETE CASCADE",
            "fix for sqlmodel (safe, verified):",
            "test_own.py::test_own PASSED*",
        ]
    )
    failed = re.findall(r"^FAILED \S+::(\S+)", result.stdout.str(), re.MULTILINE)
    assert failed == [
        f"test_foreign_keys_exist[{table}]" for table in ("api_key_credits", "credit_transactions", "teams")
    ]
    assert "Traceback" not in result.stdout.str()


def test_tests_are_selected_by_table_and_aspect(story: pytest.Pytester) -> None:
    result = story.runpytest("--ormistice", "-k", "foreign_keys_exist and not teams")

    assert result.parseoutcomes() == {"failed": 2, "passed": 1, "deselected": 22}


def test_sources_that_agree(small: pytest.Pytester) -> None:
    result = small.runpytest("-v")

    assert audits(result)
    assert result.parseoutcomes()["passed"] > 5
    assert "failed" not in result.parseoutcomes()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["."], False),
        (["test_own.py"], False),
        (["ormistice.toml"], True),
        (["ormistice.toml::test_columns_exist[users]"], True),
        (["--ormistice"], True),
        (["--ormistice", "test_own.py"], True),
        (["--ormistice", ".", "ormistice.toml"], True),
        (["-p", "no:ormistice"], False),
    ],
)
def test_when_it_acts(arguments: list[str], *, expected: bool, small: pytest.Pytester) -> None:
    result = (
        small.runpytest_inprocess("-v", *arguments)
        if "no:ormistice" not in arguments
        else small.runpytest_subprocess("-v", *arguments)
    )

    assert audits(result) is expected
    assert result.ret == 0
    names = re.findall(r"^(\S+::\S+) PASSED", result.stdout.str(), re.MULTILINE)
    assert len(names) == len(set(names))


def test_beside_the_paths_of_the_configuration(small: pytest.Pytester) -> None:
    small.makeini("[pytest]\ntestpaths = inner\n")
    small.mkdir("inner").joinpath("test_inner.py").write_text("def test_inner(): pass\n", encoding="utf-8")

    assert audits(small.runpytest("-v"))


def test_the_table_of_pyproject_is_read_with_the_flag(small: pytest.Pytester) -> None:
    (small.path / "ormistice.toml").unlink()
    (small.path / "pyproject.toml").write_text(CONFIG.replace("sources", "tool.ormistice.sources"), encoding="utf-8")

    small.runpytest("-v", "--ormistice").stdout.fnmatch_lines(["pyproject.toml::test_columns_exist[[]users[]] PASSED*"])
    assert "pyproject.toml::" not in small.runpytest("-v").stdout.str()


def test_a_configuration_further_down_is_not_ours(small: pytest.Pytester) -> None:
    inner = small.mkdir("inner")
    (small.path / "ormistice.toml").rename(inner / "ormistice.toml")

    assert not audits(small.runpytest("-v"))


def test_the_flag_without_a_configuration(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--ormistice")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --ormistice: there is no ormistice.toml in *"])


def test_what_cannot_be_audited_is_an_error_without_a_traceback(small: pytest.Pytester) -> None:
    (small.path / "schema.prisma").unlink()
    result = small.runpytest()

    assert result.parseoutcomes()["errors"] == 1
    result.stdout.fnmatch_lines(["*schema.prisma*"])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(("level", "outcome"), [("error", "PASSED"), ("warning", "FAILED"), ("info", "FAILED")])
def test_from_which_severity_on_a_test_fails(level: str, outcome: str, small: pytest.Pytester) -> None:
    """An index that one source lacks is a warning."""
    indexed = PRISMA.replace("@id\n", "@id\n  name String?\n\n  @@index([name])\n")
    named = DRIZZLE.replace("primaryKey() }", "primaryKey(), name: text() }").replace("integer,", "integer, text,")
    (small.path / "schema.prisma").write_text(indexed, encoding="utf-8")
    (small.path / "schema.ts").write_text(named, encoding="utf-8")
    result = small.runpytest("-v", "--ormistice-fail-on", level)

    assert [line.split()[1] for line in result.outlines if line.startswith("ormistice.toml::test_indexes")] == [outcome]


def test_no_module_of_ours_is_rewritten(small: pytest.Pytester) -> None:
    """Those that pytest itself imports for the plugin are."""
    small.makeconftest("""
        import sys

        def pytest_sessionfinish():
            ours = [module for name, module in sorted(sys.modules.items()) if name.startswith("ormistice.")]
            rewritten = [item.__name__ for item in ours if type(item.__loader__).__name__ == "AssertionRewritingHook"]
            print("rewritten", rewritten, "of many" if len(ours) > 50 else "of few")
    """)

    assert "rewritten ['ormistice.pytest_plugin'] of many" in small.runpytest_subprocess("-s").stdout.str()


def test_it_costs_nothing_where_it_does_not_act(pytester: pytest.Pytester) -> None:
    """Loaded with every pytest, it brings no module of ours and none of our dependencies along."""
    program = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import ormistice.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=pytester.path, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "['ormistice', 'ormistice.pytest_plugin']"
