SELECT
  i.indexrelid, i.indrelid, c.relname, m.amname, i.indisunique, i.indisvalid, {nulls_not_distinct} AS nulls_not_distinct, i.indnkeyatts,
  i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text,
  pg_get_expr(i.indpred, i.indrelid) AS predicate,
  CASE WHEN i.indexprs IS NOT NULL
    THEN ARRAY(SELECT CASE WHEN i.indkey[k - 1] = 0 THEN pg_get_indexdef(i.indexrelid, k, false) END FROM generate_series(1, i.indnkeyatts) AS k ORDER BY k)
  END AS expressions,
  -- All of it tells which collations are an expression's own; 100 is the default one, 0 none.
  CASE WHEN i.indexprs IS NOT NULL AND EXISTS (SELECT FROM unnest(i.indcollation) AS l WHERE l NOT IN (0, 100))
    THEN pg_get_indexdef(i.indexrelid)
  END AS definition,
  -- Operator classes that are given parameters, with them; of those that are the default nothing is told.
  CASE WHEN EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid AND a.attoptions IS NOT NULL)
    THEN ARRAY(
      SELECT CASE WHEN NOT o.opcdefault THEN o.opcname || '(' || array_to_string(a.attoptions, ', ') || ')' END
      FROM pg_attribute AS a JOIN pg_opclass AS o ON o.oid = i.indclass[a.attnum - 1]
      WHERE a.attrelid = i.indexrelid AND a.attnum <= i.indnkeyatts ORDER BY a.attnum
    )
  END AS parameters
FROM unnest(%(tables)s::oid[]) AS r (oid)
JOIN pg_index AS i ON i.indrelid = r.oid
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam
ORDER BY i.indrelid, c.relname COLLATE "C"
