-- What is there and is not compared by itself: partitions and inherited tables, tables of other servers, which migrations
-- let be, what is an extension's, and sequences that a column owns.
SELECT n.nspname, c.relname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
  AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
  AND (
    c.relispartition
    OR c.relkind = 'f'
    OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
    OR EXISTS (SELECT FROM pg_depend AS y WHERE y.classid = 'pg_namespace'::regclass AND y.objid = n.oid AND y.deptype = 'e')
    OR EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
    )
  )
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
