-- What tables may need that is no part of the model, as the statements that make it, in the order in which it was made.
SELECT statement
FROM (
  SELECT 0::oid AS made, format('CREATE SCHEMA IF NOT EXISTS %I', n.nspname) AS statement
  FROM pg_namespace AS n
  WHERE n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  UNION ALL
  SELECT e.oid, format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', e.extname, n.nspname)
  FROM pg_extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
  WHERE e.extname <> 'plpgsql'
  UNION ALL
  SELECT t.oid, CASE t.typtype
    WHEN 'd' THEN format(
      'CREATE DOMAIN %I.%I AS %s%s%s%s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
      ' DEFAULT ' || t.typdefault,
      CASE WHEN t.typnotnull THEN ' NOT NULL' END,
      (
        SELECT string_agg(format(' CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid)), '' ORDER BY c.conname)
        FROM pg_constraint AS c
        WHERE c.contypid = t.oid AND c.contype = 'c'
      )
    )
    WHEN 'c' THEN format(
      'CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
      (
        SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
        FROM pg_attribute AS a
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
      )
    )
  END
  FROM pg_type AS t
  JOIN pg_namespace AS n ON n.oid = t.typnamespace
  LEFT JOIN pg_class AS r ON r.oid = t.typrelid
  WHERE (t.typtype = 'd' OR (t.typtype = 'c' AND r.relkind = 'c'))
    AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
    AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
  UNION ALL
  SELECT p.oid, pg_get_functiondef(p.oid)
  FROM pg_proc AS p
  JOIN pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
  WHERE p.prokind = 'f'
    AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
    AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype = 'e')
) AS all_of_it
ORDER BY made
