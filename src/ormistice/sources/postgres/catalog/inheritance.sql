-- Which tables inherit from which, as the statements that say so of tables that are there.
SELECT format('ALTER TABLE %I.%I INHERIT %I.%I', n.nspname, c.relname, m.nspname, p.relname)
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid AND c.relkind = 'r' AND c.relpersistence <> 't' AND NOT c.relispartition
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_class AS p ON p.oid = i.inhparent
JOIN pg_namespace AS m ON m.oid = p.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", i.inhseqno
