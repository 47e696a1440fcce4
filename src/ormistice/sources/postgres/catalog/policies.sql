SELECT
  p.polrelid, p.polname, p.polpermissive, p.polcmd,
  ARRAY(SELECT quote_ident(o.rolname) FROM pg_roles AS o WHERE o.oid = ANY (p.polroles) ORDER BY o.rolname COLLATE "C") AS roles,
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM unnest(%(tables)s::oid[]) AS r (oid)
JOIN pg_policy AS p ON p.polrelid = r.oid
ORDER BY p.polrelid, p.polname COLLATE "C"
