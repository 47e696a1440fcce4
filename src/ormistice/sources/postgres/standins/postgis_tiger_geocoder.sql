-- What stands in for postgis_tiger_geocoder, of which tables need nothing but that it is there.
CREATE FUNCTION postgis_tiger_geocoder_stands_in() RETURNS void LANGUAGE sql IMMUTABLE AS 'SELECT';
