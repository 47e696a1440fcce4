-- The tables and the type of PostGIS' topologies, which are always in a schema of that name.
CREATE SCHEMA IF NOT EXISTS topology;
CREATE FUNCTION topology.postgis_topology_scripts_installed() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''3.5''';
CREATE TABLE topology.topology (id serial PRIMARY KEY, name varchar UNIQUE NOT NULL, srid integer NOT NULL, "precision" float8 NOT NULL, hasz boolean NOT NULL DEFAULT false);
CREATE TABLE topology.layer (
  topology_id integer NOT NULL REFERENCES topology.topology, layer_id integer NOT NULL, schema_name varchar NOT NULL, table_name varchar NOT NULL,
  feature_column varchar NOT NULL, feature_type integer NOT NULL, level integer NOT NULL DEFAULT 0, child_id integer,
  PRIMARY KEY (topology_id, layer_id), UNIQUE (schema_name, table_name, feature_column)
);
CREATE TYPE topology.topogeometry AS (topology_id integer, layer_id integer, id bigint, type integer);
ALTER EXTENSION plpgsql ADD TABLE topology.topology;
ALTER EXTENSION plpgsql ADD TABLE topology.layer;
ALTER EXTENSION plpgsql ADD TYPE topology.topogeometry;
ALTER EXTENSION plpgsql ADD SEQUENCE topology.topology_id_seq;
