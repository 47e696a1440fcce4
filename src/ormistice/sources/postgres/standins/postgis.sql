-- The types of PostGIS with their parameters, what indexes on them need, and the functions that tables are most often made
-- with, for servers that lack it. A parameter is kept as the label of an enum, whose number stands for it as a modifier.
CREATE FUNCTION postgis_version() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''3.5''';
CREATE FUNCTION postgis_full_version() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''3.5''';
CREATE TYPE postgis_modifier AS ENUM ();
CREATE FUNCTION postgis_typmod_in(cstring[]) RETURNS integer LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  said text := '(' || array_to_string($1::text[], ',') || ')';
BEGIN
  EXECUTE format('ALTER TYPE postgis_modifier ADD VALUE IF NOT EXISTS %L', said);
  RETURN (SELECT e.oid::integer FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = 'postgis_modifier'::regtype AND e.enumlabel = said);
END
$$;
CREATE FUNCTION postgis_typmod_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'enum_out';
DO $$
DECLARE
  kind text;
  sign text;
  plain text := 'LANGUAGE sql IMMUTABLE STRICT AS ';
  inner_text text := 'LANGUAGE internal IMMUTABLE STRICT AS ';
BEGIN
  FOREACH kind IN ARRAY ARRAY['geometry', 'geography', 'box2d', 'box3d', 'raster'] LOOP
    EXECUTE format('CREATE TYPE %I', kind);
    EXECUTE format('CREATE FUNCTION %s_in(cstring) RETURNS %1$I %s ''textin''', kind, inner_text);
    EXECUTE format('CREATE FUNCTION %s_out(%1$I) RETURNS cstring %s ''textout''', kind, inner_text);
    EXECUTE format(
      'CREATE TYPE %I (INPUT = %1$s_in, OUTPUT = %1$s_out, STORAGE = main %s)', kind,
      CASE WHEN kind LIKE 'geo%' THEN ', TYPMOD_IN = postgis_typmod_in, TYPMOD_OUT = postgis_typmod_out' END
    );
    EXECUTE format('ALTER EXTENSION plpgsql ADD TYPE %I', kind);
  END LOOP;
  FOREACH kind IN ARRAY ARRAY['geometry', 'geography'] LOOP
    EXECUTE format('CREATE FUNCTION %I(%1$I, integer, boolean) RETURNS %1$I %s ''SELECT $1''', kind, plain);
    EXECUTE format('CREATE CAST (%I AS %1$I) WITH FUNCTION %1$I(%1$I, integer, boolean) AS IMPLICIT', kind);
    EXECUTE format('CREATE CAST (text AS %I) WITH INOUT AS IMPLICIT', kind);
    EXECUTE format('CREATE FUNCTION %s_cmp(%1$I, %1$I) RETURNS integer %s ''SELECT 0''', kind, plain);
    EXECUTE format('CREATE FUNCTION %s_hash(%1$I) RETURNS integer %s ''SELECT 0''', kind, plain);
    EXECUTE format('CREATE FUNCTION %s_compared(%1$I, %1$I) RETURNS boolean %s ''SELECT false''', kind, plain);
    EXECUTE format('CREATE FUNCTION %s_distance(%1$I, %1$I) RETURNS float8 %s ''SELECT 0::float8''', kind, plain);
    FOREACH sign IN ARRAY ARRAY['<', '<=', '=', '>=', '>', '&&', '~', '@', '~=', '&&&'] LOOP
      EXECUTE format(
        'CREATE OPERATOR %s (LEFTARG = %I, RIGHTARG = %2$I, FUNCTION = %2$s_compared %s)', sign, kind,
        CASE WHEN sign IN ('=', '&&', '~=') THEN ', COMMUTATOR = ' || sign END
      );
    END LOOP;
    EXECUTE format('CREATE OPERATOR <-> (LEFTARG = %I, RIGHTARG = %1$I, FUNCTION = %1$s_distance)', kind);
    EXECUTE format(
      'CREATE OPERATOR CLASS btree_%s_ops DEFAULT FOR TYPE %1$I USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =,'
      ' OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 %1$s_cmp(%1$I, %1$I)', kind
    );
    EXECUTE format(
      'CREATE OPERATOR CLASS hash_%s_ops DEFAULT FOR TYPE %1$I USING hash AS OPERATOR 1 =, FUNCTION 1 %1$s_hash(%1$I)', kind
    );
  END LOOP;
END
$$;
ALTER EXTENSION plpgsql ADD TYPE postgis_modifier;
CREATE CAST (geometry AS geography) WITH INOUT AS IMPLICIT;
CREATE CAST (geography AS geometry) WITH INOUT;
DO $$
DECLARE
  made text[];
  box text := ', FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),'
    ' FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal),'
    ' FUNCTION 7 gist_box_same(box, box, internal)';
  quad text := ', FUNCTION 1 spg_box_quad_config(internal, internal), FUNCTION 2 spg_box_quad_choose(internal, internal),'
    ' FUNCTION 3 spg_box_quad_picksplit(internal, internal), FUNCTION 4 spg_box_quad_inner_consistent(internal, internal),'
    ' FUNCTION 5 spg_box_quad_leaf_consistent(internal, internal)';
  brin text := ', FUNCTION 1 brin_inclusion_opcinfo(internal), FUNCTION 2 brin_inclusion_add_value(internal, internal, internal, internal),'
    ' FUNCTION 3 brin_inclusion_consistent(internal, internal, internal), FUNCTION 4 brin_inclusion_union(internal, internal, internal)';
BEGIN
  FOREACH made SLICE 1 IN ARRAY ARRAY[
    ['gist_geometry_ops_2d', 'DEFAULT', 'geometry', 'gist', box], ['gist_geometry_ops_nd', '', 'geometry', 'gist', box],
    ['gist_geography_ops', 'DEFAULT', 'geography', 'gist', box],
    ['spgist_geometry_ops_2d', 'DEFAULT', 'geometry', 'spgist', quad], ['spgist_geometry_ops_nd', '', 'geometry', 'spgist', quad],
    ['spgist_geography_ops_nd', 'DEFAULT', 'geography', 'spgist', quad],
    ['brin_geometry_inclusion_ops_2d', 'DEFAULT', 'geometry', 'brin', brin], ['brin_geometry_inclusion_ops_3d', '', 'geometry', 'brin', brin],
    ['brin_geometry_inclusion_ops_4d', '', 'geometry', 'brin', brin], ['brin_geography_inclusion_ops', 'DEFAULT', 'geography', 'brin', brin]
  ] LOOP
    EXECUTE format('CREATE OPERATOR CLASS %s %s FOR TYPE %s USING %s AS OPERATOR 3 && %s', VARIADIC made);
  END LOOP;
END
$$;
CREATE FUNCTION addgeometrycolumn(schema_name text, table_name text, column_name text, srid integer, kind text, dimensions integer, use_typmod boolean DEFAULT true)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  shape text := kind || CASE WHEN dimensions = 3 AND kind NOT ILIKE '%m' THEN 'Z' WHEN dimensions = 4 THEN 'ZM' ELSE '' END;
BEGIN
  EXECUTE format('ALTER TABLE %s%I ADD COLUMN %I geometry(%s, %s)', quote_ident(nullif(schema_name, '')) || '.', table_name, column_name, shape, srid);
  RETURN column_name;
END
$$;
CREATE FUNCTION addgeometrycolumn(table_name text, column_name text, srid integer, kind text, dimensions integer, use_typmod boolean DEFAULT true)
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ADD COLUMN %I geometry(%s, %s)', table_name, column_name, kind || CASE dimensions WHEN 3 THEN 'Z' ELSE '' END, srid);
  RETURN column_name;
END
$$;
CREATE TABLE spatial_ref_sys (srid integer PRIMARY KEY CHECK (srid > 0 AND srid <= 998999), auth_name varchar(256), auth_srid integer, srtext varchar(2048), proj4text varchar(2048));
CREATE VIEW geometry_columns AS SELECT ''::varchar(256) AS f_table_catalog, ''::name AS f_table_schema, ''::name AS f_table_name, ''::name AS f_geometry_column, 2 AS coord_dimension, 0 AS srid, ''::varchar(30) AS type WHERE false;
CREATE VIEW geography_columns AS SELECT ''::name AS f_table_catalog, ''::name AS f_table_schema, ''::name AS f_table_name, ''::name AS f_geography_column, 2 AS coord_dimension, 0 AS srid, ''::text AS type WHERE false;
CREATE TYPE geometry_dump AS (path integer[], geom geometry);
ALTER EXTENSION plpgsql ADD TYPE geometry_dump;
GRANT ALL ON spatial_ref_sys TO PUBLIC;
ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys;
ALTER EXTENSION plpgsql ADD VIEW geometry_columns;
ALTER EXTENSION plpgsql ADD VIEW geography_columns;
DO $$
DECLARE
  made text[];
BEGIN
  FOREACH made SLICE 1 IN ARRAY ARRAY[
    ['st_makepoint(float8, float8)', 'geometry'], ['st_makepoint(float8, float8, float8)', 'geometry'], ['st_point(float8, float8)', 'geometry'],
    ['st_point(float8, float8, integer)', 'geometry'], ['st_makeline(geometry, geometry)', 'geometry'], ['st_makepolygon(geometry)', 'geometry'],
    ['st_makeenvelope(float8, float8, float8, float8, integer DEFAULT 0)', 'geometry'], ['st_setsrid(geometry, integer)', 'geometry'],
    ['st_transform(geometry, integer)', 'geometry'], ['st_geomfromtext(text)', 'geometry'], ['st_geomfromtext(text, integer)', 'geometry'],
    ['st_geomfromgeojson(text)', 'geometry'], ['st_geomfromgeojson(json)', 'geometry'], ['st_geomfromgeojson(jsonb)', 'geometry'],
    ['st_geomfromwkb(bytea, integer DEFAULT 0)', 'geometry'], ['st_geomfromewkt(text)', 'geometry'], ['st_geogfromtext(text)', 'geography'],
    ['st_geographyfromtext(text)', 'geography'], ['st_pointfromtext(text, integer DEFAULT 0)', 'geometry'], ['st_centroid(geometry)', 'geometry'],
    ['st_pointonsurface(geometry)', 'geometry'], ['st_envelope(geometry)', 'geometry'], ['st_buffer(geometry, float8)', 'geometry'],
    ['st_buffer(geography, float8)', 'geography'], ['st_multi(geometry)', 'geometry'], ['st_force2d(geometry)', 'geometry'],
    ['st_force3d(geometry)', 'geometry'], ['st_makevalid(geometry)', 'geometry'], ['st_simplify(geometry, float8)', 'geometry'],
    ['st_startpoint(geometry)', 'geometry'], ['st_endpoint(geometry)', 'geometry'], ['st_union(geometry, geometry)', 'geometry'],
    ['st_intersection(geometry, geometry)', 'geometry'], ['st_expand(geometry, float8)', 'geometry'], ['st_x(geometry)', 'float8'],
    ['st_y(geometry)', 'float8'], ['st_z(geometry)', 'float8'], ['st_srid(geometry)', 'integer'], ['st_srid(geography)', 'integer'],
    ['st_isvalid(geometry)', 'boolean'], ['st_isempty(geometry)', 'boolean'], ['st_issimple(geometry)', 'boolean'],
    ['st_isclosed(geometry)', 'boolean'], ['st_geometrytype(geometry)', 'text'], ['geometrytype(geometry)', 'text'], ['geometrytype(geography)', 'text'],
    ['st_ndims(geometry)', 'smallint'], ['st_coorddim(geometry)', 'smallint'], ['st_npoints(geometry)', 'integer'], ['st_area(geometry)', 'float8'],
    ['st_area(geography, boolean DEFAULT true)', 'float8'], ['st_length(geometry)', 'float8'], ['st_length(geography, boolean DEFAULT true)', 'float8'],
    ['st_perimeter(geometry)', 'float8'], ['st_xmin(box3d)', 'float8'], ['st_ymin(box3d)', 'float8'], ['st_xmax(box3d)', 'float8'],
    ['st_ymax(box3d)', 'float8'], ['st_astext(geometry)', 'text'], ['st_astext(geography)', 'text'], ['st_asewkt(geometry)', 'text'],
    ['st_asbinary(geometry)', 'bytea'], ['st_asgeojson(geometry, integer DEFAULT 9, integer DEFAULT 8)', 'text'],
    ['st_asgeojson(geography, integer DEFAULT 9, integer DEFAULT 0)', 'text'], ['st_geohash(geometry, integer DEFAULT 0)', 'text'],
    ['st_distance(geometry, geometry)', 'float8'], ['st_distance(geography, geography, boolean DEFAULT true)', 'float8'],
    ['st_distancesphere(geometry, geometry)', 'float8'], ['st_dwithin(geometry, geometry, float8)', 'boolean'],
    ['st_dwithin(geography, geography, float8, boolean DEFAULT true)', 'boolean'], ['st_contains(geometry, geometry)', 'boolean'],
    ['st_covers(geometry, geometry)', 'boolean'], ['st_covers(geography, geography)', 'boolean'], ['st_within(geometry, geometry)', 'boolean'],
    ['st_intersects(geometry, geometry)', 'boolean'], ['st_intersects(geography, geography)', 'boolean'], ['st_overlaps(geometry, geometry)', 'boolean'],
    ['st_equals(geometry, geometry)', 'boolean'], ['st_touches(geometry, geometry)', 'boolean'], ['st_disjoint(geometry, geometry)', 'boolean'],
    ['box2d(geometry)', 'box2d'], ['box3d(geometry)', 'box3d'], ['st_collect(geometry, geometry)', 'geometry'],
    ['st_combinebbox(box3d, geometry)', 'box3d'], ['st_combine_bbox(box3d, geometry)', 'box3d'], ['box2d(box3d)', 'box2d'],
    ['st_numgeometries(geometry)', 'integer'], ['st_geometryn(geometry, integer)', 'geometry'], ['st_collectionextract(geometry, integer)', 'geometry'],
    ['st_difference(geometry, geometry)', 'geometry'], ['st_convexhull(geometry)', 'geometry'], ['st_boundary(geometry)', 'geometry'],
    ['st_azimuth(geometry, geometry)', 'float8'], ['st_project(geography, float8, float8)', 'geography'], ['st_snaptogrid(geometry, float8)', 'geometry'],
    ['st_simplifypreservetopology(geometry, float8)', 'geometry'], ['st_lineinterpolatepoint(geometry, float8)', 'geometry'],
    ['st_linelocatepoint(geometry, geometry)', 'float8'], ['st_maxdistance(geometry, geometry)', 'float8'], ['st_crosses(geometry, geometry)', 'boolean'],
    ['st_coveredby(geometry, geometry)', 'boolean'], ['st_linemerge(geometry)', 'geometry'], ['st_dump(geometry)', 'setof geometry_dump']
  ] LOOP
    EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE plpgsql IMMUTABLE AS ''BEGIN RETURN %s; END''', made[1], made[2], CASE WHEN made[2] LIKE 'setof %%' THEN '' ELSE 'NULL' END);
  END LOOP;
END
$$;
CREATE AGGREGATE st_union(geometry) (SFUNC = st_union, STYPE = geometry);
CREATE AGGREGATE st_collect(geometry) (SFUNC = st_collect, STYPE = geometry);
CREATE AGGREGATE st_extent(geometry) (SFUNC = st_combinebbox, STYPE = box3d, FINALFUNC = box2d);
