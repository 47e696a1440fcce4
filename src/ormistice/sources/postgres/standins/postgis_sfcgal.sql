-- What stands in for postgis_sfcgal, of which tables need nothing but that it is there.
CREATE FUNCTION postgis_sfcgal_stands_in() RETURNS void LANGUAGE sql IMMUTABLE AS 'SELECT';
