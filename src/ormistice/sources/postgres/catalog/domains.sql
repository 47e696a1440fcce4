-- A domain says what its own definition says; the last columns are those of types.sql, of the type that it is made of.
SELECT
  n.nspname, d.typname, d.typnotnull, pg_get_expr(d.typdefaultbin, 0),
  ARRAY(
    SELECT pg_get_expr(c.conbin, 0)
    FROM pg_constraint AS c
    WHERE c.contypid = d.oid AND c.contype = 'c'
    ORDER BY c.conname COLLATE "C"
  ) AS checks,
  d.typbasetype, d.typtypmod, m.nspname, b.typname, e.oid IS NOT NULL AS is_array,
  format_type(b.oid, NULL) AS plain, format_type(b.oid, d.typtypmod) AS modified,
  EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_type'::regclass AND x.objid = b.oid AND x.deptype = 'e') AS of_extension
FROM pg_type AS d
JOIN pg_namespace AS n ON n.oid = d.typnamespace
LEFT JOIN pg_type AS e ON e.typarray = d.typbasetype
JOIN pg_type AS b ON b.oid = coalesce(e.oid, d.typbasetype)
JOIN pg_namespace AS m ON m.oid = b.typnamespace
WHERE d.typtype = 'd'
  AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
  AND NOT EXISTS (SELECT FROM pg_depend AS y WHERE y.classid = 'pg_namespace'::regclass AND y.objid = n.oid AND y.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_type'::regclass AND x.objid = d.oid AND x.deptype = 'e')
ORDER BY n.nspname COLLATE "C", d.typname COLLATE "C"
