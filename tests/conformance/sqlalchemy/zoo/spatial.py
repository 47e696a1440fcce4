"""Columns of GeoAlchemy, each with what it says of its own index."""

from typing import ClassVar

from geoalchemy2 import Geography, Geometry, Raster, WKBElement
from sqlalchemy import Column, Index, Integer, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Wrapped(TypeDecorator):
    impl = Geometry
    cache_ok = True


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {WKBElement: Geometry("POINT", 4326)}


class Located:
    whole: Mapped[WKBElement] = mapped_column(Geometry("LINESTRING", srid=3857))


class Place(Located, Base):
    __tablename__ = "places"
    __table_args__: ClassVar = {"schema": "gis"}

    id: Mapped[int] = mapped_column(primary_key=True)
    mapped: Mapped[WKBElement]
    renamed = Column("at_last", Geometry(geometry_type="MULTIPOLYGON", srid=3857, dimension=2), nullable=False)
    unindexed = mapped_column(Geography("POINT", 4326, spatial_index=False))
    bare = mapped_column(Geometry)
    twice = mapped_column(Geometry(), index=True)
    picture = mapped_column(Raster)
    high = mapped_column(Geometry("POINTZ", dimension=3, use_N_D_index=True))
    shapeless = mapped_column(Geometry(geometry_type=None, srid=4326))
    wrapped = mapped_column(Wrapped("POINT", srid=4326))


tracks = Table(
    "tracks",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("geom", Geometry("POINT", 4326)),
    Column("other", Geometry("POINT", 4326, spatial_index=False)),
    Index("own", "other", postgresql_using="gist"),
)

METADATA = [Base.metadata]
SCHEMAS = ["gis"]
