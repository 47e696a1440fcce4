-- The functions of pgcrypto by name and type, for servers that lack it. Defaults refer to them, and migrations call them
-- to fill what must not be NULL: what they answer is of the right kind and length, and keeps no secret.
CREATE FUNCTION digest(bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE lower($2)
    WHEN 'md5' THEN decode(md5($1), 'hex') WHEN 'sha1' THEN substring(sha256($1) FROM 1 FOR 20)
    WHEN 'sha224' THEN sha224($1) WHEN 'sha384' THEN sha384($1) WHEN 'sha512' THEN sha512($1) ELSE sha256($1)
  END
$$;
CREATE FUNCTION digest(text, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE lower($2)
    WHEN 'md5' THEN decode(md5($1), 'hex') WHEN 'sha1' THEN substring(sha256(convert_to($1, 'UTF8')) FROM 1 FOR 20)
    WHEN 'sha224' THEN sha224(convert_to($1, 'UTF8')) WHEN 'sha384' THEN sha384(convert_to($1, 'UTF8'))
    WHEN 'sha512' THEN sha512(convert_to($1, 'UTF8')) ELSE sha256(convert_to($1, 'UTF8'))
  END
$$;
CREATE FUNCTION hmac(text, text, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT sha256(convert_to($2 || $1, ''UTF8''))';
CREATE FUNCTION hmac(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT sha256($2 || $1)';
CREATE FUNCTION crypt(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $2 || md5($1 || $2)';
CREATE FUNCTION gen_salt(text) RETURNS text LANGUAGE sql AS 'SELECT ''$2a$06$'' || substring(md5(gen_random_uuid()::text) FROM 1 FOR 22)';
CREATE FUNCTION gen_salt(text, integer) RETURNS text LANGUAGE sql AS 'SELECT ''$2a$06$'' || substring(md5(gen_random_uuid()::text) FROM 1 FOR 22)';
CREATE FUNCTION gen_random_bytes(integer) RETURNS bytea LANGUAGE sql AS $$
  SELECT substring(string_agg(sha256(uuid_send(gen_random_uuid())), ''::bytea) FROM 1 FOR $1) FROM generate_series(0, $1 / 32)
$$;
CREATE FUNCTION encrypt(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION decrypt(bytea, bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION pgp_sym_encrypt(text, text) RETURNS bytea LANGUAGE sql AS 'SELECT convert_to($1, ''UTF8'')';
CREATE FUNCTION pgp_sym_encrypt(text, text, text) RETURNS bytea LANGUAGE sql AS 'SELECT convert_to($1, ''UTF8'')';
CREATE FUNCTION pgp_sym_decrypt(bytea, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT convert_from($1, ''UTF8'')';
CREATE FUNCTION pgp_sym_decrypt(bytea, text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT convert_from($1, ''UTF8'')';
CREATE FUNCTION armor(bytea) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT encode($1, ''base64'')';
CREATE FUNCTION dearmor(text) RETURNS bytea LANGUAGE sql IMMUTABLE AS 'SELECT decode($1, ''base64'')';
-- Older than the server's own, and still in the extension: dumps of databases that began with it refer to it.
CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql AS 'SELECT pg_catalog.gen_random_uuid()';
