-- What index elements point to by number alone: operator classes that are not a type's default, and collations.
SELECT 'opclass', o.oid, o.opcname FROM pg_opclass AS o WHERE NOT o.opcdefault
UNION ALL
SELECT 'collation', l.oid, l.collname
FROM pg_collation AS l
WHERE l.oid IN (SELECT unnest(i.indcollation) FROM unnest(%(tables)s::oid[]) AS r (oid) JOIN pg_index AS i ON i.indrelid = r.oid)
