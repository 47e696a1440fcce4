-- Each type that a column has, once. An array is its element's type with a flag.
SELECT
  u.atttypid, u.atttypmod, n.nspname, b.typname, e.oid IS NOT NULL AS is_array,
  format_type(b.oid, NULL) AS plain, format_type(b.oid, u.atttypmod) AS modified,
  EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_type'::regclass AND x.objid = b.oid AND x.deptype = 'e') AS of_extension
FROM (
  SELECT DISTINCT a.atttypid, a.atttypmod
  FROM unnest(%(tables)s::oid[]) AS r (oid)
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS u
JOIN pg_type AS t ON t.oid = u.atttypid
LEFT JOIN pg_type AS e ON e.typarray = t.oid
JOIN pg_type AS b ON b.oid = coalesce(e.oid, t.oid)
JOIN pg_namespace AS n ON n.oid = b.typnamespace
