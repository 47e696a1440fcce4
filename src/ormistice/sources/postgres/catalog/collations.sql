SELECT a.attrelid, a.attnum, a.attcollation
FROM unnest(%(tables)s::oid[]) AS r (oid)
JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attcollation NOT IN (0, 100)
