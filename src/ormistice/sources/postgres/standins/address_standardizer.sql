-- What stands in for address_standardizer, of which tables need nothing but that it is there.
CREATE FUNCTION address_standardizer_stands_in() RETURNS void LANGUAGE sql IMMUTABLE AS 'SELECT';
