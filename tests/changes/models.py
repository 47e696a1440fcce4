from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

metadata = MetaData()

readers = Table(
    "readers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False),
    Column("nickname", Text),
    Column("joined_at", TIMESTAMP(precision=3), nullable=False, server_default=func.now()),
    UniqueConstraint("email", name="readers_email_key"),
)

loans = Table(
    "loans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reader_id", Integer, nullable=False),
    Column("state", Enum("open", "lent", "lost", name="state"), nullable=False, server_default="open"),
    Column("fee", Numeric(8, 2), nullable=False),
    Column("notes", JSONB),
    ForeignKeyConstraint(["reader_id"], ["readers.id"], name="loans_reader", ondelete="CASCADE"),
    Index("loans_reader_state", "reader_id", "state"),
    Index("loans_fee", "fee"),
    CheckConstraint("fee >= 0", name="loans_fee_sign"),
)
