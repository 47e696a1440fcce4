"""Print what `create_all` executes for the MetaData in a module's METADATA, as JSON; run by any interpreter."""

import importlib
import json
import os
import sys

import sqlalchemy as sa


def main(path: str) -> None:
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    module = importlib.import_module(os.path.basename(path)[: -len(".py")])
    statements = list(getattr(module, "BEFORE", ()))

    def take(statement, *_, **__) -> None:
        statements.append(str(statement.compile(dialect=dialect)).strip())

    engine = sa.create_mock_engine("postgresql://", take)
    dialect = type(engine.dialect)(paramstyle="named")
    for metadata in module.METADATA:
        named = {table.schema for table in metadata.tables.values() if table.schema}
        schemas = sorted(named | set(getattr(module, "SCHEMAS", ())))
        statements += [f'CREATE SCHEMA IF NOT EXISTS "{schema}"' for schema in schemas]
        metadata.create_all(engine, checkfirst=False)
    sys.stdout.write(json.dumps(statements))


main(sys.argv[1])
