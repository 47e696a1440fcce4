"""Time to read many SQLAlchemy models, beside importing them and nothing else.

    .venv/bin/python tests/benchmarks/sqlalchemy_import.py [MODELS [PYTHON]]

All are timed in turn, several times over, and each figure is the least of its times; where the machine is busy with
other things, look at the processor's. What stands above the import is ours: lowering, places, relationships, the JSON
between the processes; part of it is done while the import runs. `show` is the whole command, a process of its own.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ormistice.sources import SourceRequest, kinds

ROUNDS = 5
HEAD = """import datetime
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass

"""
MODEL = """
class Model{n}(Base):
    __tablename__ = "table_{n}"
    __table_args__ = (
        UniqueConstraint("code", "kind"),
        CheckConstraint("price > 0", name="positive_{n}"),
        Index("ix_{n}_created", "name", "created_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(server_default="plain")
    note: Mapped[str | None]
    quantity: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    price: Mapped[float] = mapped_column(Numeric(12, 2))
    payload: Mapped[dict | None] = mapped_column(JSONB)
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    up_id: Mapped[int | None] = mapped_column(ForeignKey("table_{up}.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("table_0.id", ondelete="SET NULL"))
    up: Mapped["Model{up} | None"] = relationship(foreign_keys=[up_id], remote_side="Model{up}.id")
"""


def contenders(folder: Path, python: str) -> dict[str, Callable[[], None]]:
    """What is timed."""
    kind = next(kind for kind in kinds() if kind.name == "sqlalchemy")
    module = folder / "models.py"

    def load(*, static: bool) -> None:
        request = SourceRequest("models", "sqlalchemy", (str(module),), folder, python, options={"static": static})
        assert kind.open(request).load().tables

    def run(*command: str) -> None:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    ours = Path(sys.executable).with_name("ormistice")
    return {
        "import alone": lambda: run(python, "-B", "-c", "import models"),
        "read by importing": lambda: load(static=False),
        "read from the text": lambda: load(static=True),
        "ormistice show": lambda: run(str(ours), "show", "--python", python, "--format", "json", "models.py"),
    }


def main(count: int = 300, python: str = sys.executable) -> None:
    """Print the least time of each, and what it is above that of the import."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = (MODEL.format(n=n, up=max(n - 1, 0)) for n in range(count))
        (folder / "models.py").write_text(HEAD + "\n".join(models), encoding="utf-8")
        times: dict[str, list[tuple[float, float]]] = {}
        for _ in range(ROUNDS):
            for label, run in contenders(folder, python).items():
                started, used = time.perf_counter(), processor()
                run()
                times.setdefault(label, []).append((time.perf_counter() - started, processor() - used))
    alone = [min(column) for column in zip(*times["import alone"], strict=True)]
    for label, spent in times.items():
        wall, busy = (min(column) for column in zip(*spent, strict=True))
        above = f"{wall - alone[0]:+.2f} s, processor {busy:.2f} s ({busy - alone[1]:+.2f} s)"
        sys.stdout.write(f"{count} models, {label}: {wall:.2f} s ({above})\n")


def processor() -> float:
    """Processor time of this process and of those that it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    main(*(int(each) if each.isdecimal() else each for each in sys.argv[1:]))  # type: ignore[arg-type]
