SELECT n.nspname, t.typname, array_agg(l.enumlabel::text ORDER BY l.enumsortorder) FILTER (WHERE l.oid IS NOT NULL)
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_enum AS l ON l.enumtypid = t.oid
WHERE t.typtype = 'e'
  AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')
  AND NOT EXISTS (SELECT FROM pg_depend AS y WHERE y.classid = 'pg_namespace'::regclass AND y.objid = n.oid AND y.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_depend AS x WHERE x.classid = 'pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e')
GROUP BY n.nspname, t.typname
ORDER BY n.nspname COLLATE "C", t.typname COLLATE "C"
