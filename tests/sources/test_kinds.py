"""What a location without a kind is taken for, and what is said of one that is of none."""

from pathlib import Path

import pytest

from ormistice.errors import AuditError
from ormistice.sources import kind_of


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "sqlite", "mssql", "oracle", "mongodb+srv", "redis"])
def test_of_databases_postgresql_alone_is_read(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(AuditError) as refused:
        kind_of(f"{scheme}://someone:secret@host/shop", tmp_path)

    assert refused.value.message == f"{scheme}://...: PostgreSQL is the only database that is read"
    assert refused.value.hint == "name a postgresql:// URL"


@pytest.mark.parametrize(
    ("scheme", "meant"), [("postgress", "postgres"), ("postgre", "postgres"), ("postgressql", "postgresql")]
)
def test_a_misspelt_scheme(scheme: str, meant: str, tmp_path: Path) -> None:
    with pytest.raises(AuditError) as refused:
        kind_of(f"{scheme}://someone:secret@host/shop", tmp_path)

    assert refused.value.hint == f"did you mean {meant}://?"
    assert "secret" not in refused.value.message


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "POSTGRES"])
def test_the_schemes_of_postgresql(scheme: str, tmp_path: Path) -> None:
    kind, prefix, target = kind_of(f"{scheme}://someone@host/shop", tmp_path)

    assert (kind.name, prefix, target) == ("database", "database", f"{scheme}://someone@host/shop")
