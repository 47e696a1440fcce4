-- Tables that a source may speak of: of a partitioned family the root alone, and nothing of an extension, nor of what it
-- keeps in a schema of its own, such as chunks. A table that inherits is one of its own if it has columns which the
-- inherited one has not; otherwise it is a partition as they were made before there were any.
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, d.description
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'f')
  AND c.relpersistence <> 't'
  AND NOT c.relispartition
  AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
  AND c.relname <> ALL (%(bookkeeping)s)
  AND NOT EXISTS (
    SELECT
    FROM pg_inherits AS i
    WHERE i.inhrelid = c.oid
      AND NOT EXISTS (
        SELECT
        FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND NOT EXISTS (SELECT FROM pg_attribute AS b WHERE b.attrelid = i.inhparent AND b.attname = a.attname AND NOT b.attisdropped)
      )
  )
  AND NOT EXISTS (SELECT FROM pg_depend AS y WHERE y.classid = 'pg_namespace'::regclass AND y.objid = n.oid AND y.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
