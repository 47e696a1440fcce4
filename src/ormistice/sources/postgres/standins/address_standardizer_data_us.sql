-- What stands in for address_standardizer_data_us, of which tables need nothing but that it is there.
CREATE FUNCTION address_standardizer_data_us_stands_in() RETURNS void LANGUAGE sql IMMUTABLE AS 'SELECT';
