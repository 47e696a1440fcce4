SELECT
  n.nspname, c.relname, c.relkind = 'm' AS materialized,
  ARRAY(
    SELECT a.attname::text
    FROM pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
  ) AS names,
  pg_get_viewdef(c.oid)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm')
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
  AND NOT EXISTS (SELECT FROM pg_depend AS y WHERE y.classid = 'pg_namespace'::regclass AND y.objid = n.oid AND y.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
