"""What Alembic would do to a database to make it what a module of SQLModel classes says: compared.py MODULE.py URL.

`users` is another application's: the classes reference it alone, so that it is taken as it is.
"""

import importlib.util
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, create_engine
from sqlmodel import SQLModel

file, url = sys.argv[1:]
spec = importlib.util.spec_from_file_location("models", file)
assert spec is not None
assert spec.loader is not None
module = importlib.util.module_from_spec(spec)
sys.modules["models"] = module
spec.loader.exec_module(module)
with create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1)).connect() as connection:
    Table("users", SQLModel.metadata, autoload_with=connection)
    options = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=options)
    for difference in compare_metadata(context, SQLModel.metadata):
        sys.stdout.write(f"{difference}\n")
