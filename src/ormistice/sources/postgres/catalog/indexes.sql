SELECT
  i.indexrelid, i.indrelid, c.relname, m.amname, i.indisunique, i.indisvalid, {nulls_not_distinct} AS nulls_not_distinct, i.indnkeyatts,
  i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text,
  pg_get_expr(i.indpred, i.indrelid) AS predicate,
  CASE WHEN i.indexprs IS NOT NULL
    THEN ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, false) FROM generate_series(1, i.indnkeyatts) AS k ORDER BY k)
  END AS expressions,
  CASE WHEN i.indexprs IS NOT NULL THEN pg_get_indexdef(i.indexrelid) END AS definition
FROM unnest(%(tables)s::oid[]) AS r (oid)
JOIN pg_index AS i ON i.indrelid = r.oid
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam
ORDER BY i.indrelid, c.relname COLLATE "C"
