-- What stands in for pgrouting, of which tables need nothing but that it is there.
CREATE FUNCTION pgrouting_stands_in() RETURNS void LANGUAGE sql IMMUTABLE AS 'SELECT';
