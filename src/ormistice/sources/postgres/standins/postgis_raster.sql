-- What is of PostGIS' raster support stands in with PostGIS itself, of which it was a part.
CREATE FUNCTION postgis_raster_scripts_installed() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''3.5''';
