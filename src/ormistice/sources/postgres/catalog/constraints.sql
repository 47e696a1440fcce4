-- NOT NULL constraints (contype n) are an aspect of their columns; a row with conparentid belongs to a partition.
SELECT
  c.conrelid, c.conname, c.contype, c.condeferrable, c.condeferred, c.convalidated,
  {enforced} AND NOT coalesce(t.disabled, false) AS enforced,
  c.conkey, n.nspname, f.relname,
  CASE WHEN c.contype = 'f' THEN ARRAY(
    SELECT a.attname::text
    FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum
    ORDER BY k.position
  ) END AS referenced,
  c.confmatchtype, c.confdeltype, c.confupdtype, {set_columns} AS sets_some_columns, {temporal} AS temporal,
  CASE c.contype WHEN 'c' THEN pg_get_expr(c.conbin, c.conrelid) WHEN 'x' THEN pg_get_constraintdef(c.oid) END AS definition,
  c.conindid
FROM unnest(%(tables)s::oid[]) AS r (oid)
JOIN pg_constraint AS c ON c.conrelid = r.oid AND c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conparentid = 0
LEFT JOIN pg_class AS f ON f.oid = c.confrelid
LEFT JOIN pg_namespace AS n ON n.oid = f.relnamespace
LEFT JOIN (
  SELECT g.tgconstraint, bool_or(g.tgenabled IN ('D', 'R')) AS disabled
  FROM pg_trigger AS g
  WHERE g.tgisinternal AND g.tgconstraint <> 0
  GROUP BY g.tgconstraint
) AS t ON t.tgconstraint = c.oid
ORDER BY c.conrelid, c.conname COLLATE "C"
