-- What makes a table of TimescaleDB one: what it does to the table itself, for servers that lack it. Policies do nothing.
CREATE TYPE dimension_info AS (column_name name);
ALTER EXTENSION plpgsql ADD TYPE dimension_info;
CREATE FUNCTION by_range(column_name name, partition_interval anyelement DEFAULT NULL::bigint, partition_func regproc DEFAULT NULL)
RETURNS dimension_info LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN ROW(column_name); END';
CREATE FUNCTION by_hash(column_name name, number_partitions integer, partition_func regproc DEFAULT NULL)
RETURNS dimension_info LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN ROW(column_name); END';
-- The column of the time is not null, and indexed, from the newest to the oldest, unless an index of it alone is there;
-- so is that of the space with it.
CREATE FUNCTION timescaledb_made(relation regclass, time_name name, space_name name, indexed boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  wanted name[];
BEGIN
  EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', relation, time_name);
  FOREACH wanted SLICE 1 IN ARRAY CASE WHEN space_name IS NULL THEN ARRAY[ARRAY[NULL, time_name]] ELSE ARRAY[ARRAY[NULL, time_name], ARRAY[space_name, time_name]] END LOOP
    CONTINUE WHEN NOT indexed OR EXISTS (
      SELECT FROM pg_catalog.pg_index AS i
      WHERE i.indrelid = relation AND i.indnkeyatts = CASE WHEN wanted[1] IS NULL THEN 1 ELSE 2 END
        AND array_remove(wanted, NULL) = ARRAY(
          SELECT a.attname FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = relation AND a.attnum = k.number ORDER BY k.place
        )
    );
    EXECUTE format('CREATE INDEX ON %s (%s%I DESC)', relation, quote_ident(wanted[1]) || ', ', wanted[2]);
  END LOOP;
END
$$;
CREATE FUNCTION create_hypertable(
  relation regclass, time_column_name name, partitioning_column name DEFAULT NULL, number_partitions integer DEFAULT NULL,
  associated_schema_name name DEFAULT NULL, associated_table_prefix name DEFAULT NULL, chunk_time_interval anyelement DEFAULT NULL::bigint,
  create_default_indexes boolean DEFAULT true, if_not_exists boolean DEFAULT false, partitioning_func regproc DEFAULT NULL,
  migrate_data boolean DEFAULT false, chunk_target_size text DEFAULT NULL, chunk_sizing_func regproc DEFAULT NULL,
  time_partitioning_func regproc DEFAULT NULL, replication_factor integer DEFAULT NULL, data_nodes name[] DEFAULT NULL, distributed boolean DEFAULT NULL
) RETURNS TABLE (hypertable_id integer, schema_name name, table_name name, created boolean) LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM timescaledb_made(relation, time_column_name, partitioning_column, create_default_indexes);
  RETURN QUERY SELECT 1, n.nspname, c.relname, true FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = relation;
END
$$;
CREATE FUNCTION create_hypertable(
  relation regclass, dimension dimension_info, create_default_indexes boolean DEFAULT true, if_not_exists boolean DEFAULT false, migrate_data boolean DEFAULT false
) RETURNS TABLE (hypertable_id integer, created boolean) LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM timescaledb_made(relation, (dimension).column_name, NULL, create_default_indexes);
  RETURN QUERY SELECT 1, true;
END
$$;
DO $$
DECLARE
  made text[];
BEGIN
  FOREACH made SLICE 1 IN ARRAY ARRAY[
    ['add_dimension(hypertable regclass, column_name name, number_partitions integer DEFAULT NULL, chunk_time_interval anyelement DEFAULT NULL::bigint, partitioning_func regproc DEFAULT NULL, if_not_exists boolean DEFAULT false)', 'integer'],
    ['add_dimension(hypertable regclass, dimension dimension_info, if_not_exists boolean DEFAULT false)', 'integer'],
    ['set_chunk_time_interval(hypertable regclass, chunk_time_interval anyelement, dimension_name name DEFAULT NULL)', 'void'],
    ['set_integer_now_func(hypertable regclass, integer_now_func regproc, replace_if_exists boolean DEFAULT false)', 'void'],
    ['add_retention_policy(relation regclass, drop_after anyelement, if_not_exists boolean DEFAULT false, schedule_interval interval DEFAULT NULL, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL)', 'integer'],
    ['add_compression_policy(hypertable regclass, compress_after anyelement, if_not_exists boolean DEFAULT false, schedule_interval interval DEFAULT NULL, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL)', 'integer'],
    ['add_continuous_aggregate_policy(continuous_aggregate regclass, start_offset anyelement, end_offset anyelement, schedule_interval interval, if_not_exists boolean DEFAULT false, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL)', 'integer'],
    ['add_reorder_policy(hypertable regclass, index_name name, if_not_exists boolean DEFAULT false, initial_start timestamptz DEFAULT NULL, timezone text DEFAULT NULL)', 'integer'],
    ['remove_retention_policy(relation regclass, if_exists boolean DEFAULT false)', 'void'],
    ['remove_compression_policy(hypertable regclass, if_exists boolean DEFAULT false)', 'boolean'],
    ['remove_continuous_aggregate_policy(continuous_aggregate regclass, if_not_exists boolean DEFAULT false, if_exists boolean DEFAULT NULL)', 'void'],
    ['time_bucket(bucket_width interval, ts timestamptz)', 'timestamptz'], ['time_bucket(bucket_width interval, ts timestamp)', 'timestamp'],
    ['time_bucket(bucket_width interval, ts date)', 'date'], ['time_bucket(bucket_width bigint, ts bigint)', 'bigint'],
    ['time_bucket(bucket_width interval, ts timestamptz, timezone text, origin timestamptz DEFAULT NULL, "offset" interval DEFAULT NULL)', 'timestamptz']
  ] LOOP
    EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE plpgsql %s AS ''BEGIN RETURN %s; END''', made[1], made[2], CASE WHEN made[1] LIKE 'time%' THEN 'IMMUTABLE' ELSE '' END, CASE WHEN made[2] = 'void' THEN '' ELSE 'NULL' END);
  END LOOP;
END
$$;
CREATE PROCEDURE add_columnstore_policy(hypertable regclass, "after" anyelement, if_not_exists boolean DEFAULT false) LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE refresh_continuous_aggregate(continuous_aggregate regclass, window_start anyelement, window_end anyelement) LANGUAGE plpgsql AS 'BEGIN END';
