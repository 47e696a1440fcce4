-- Supabase's secrets.
CREATE SCHEMA vault;
CREATE TABLE vault.secrets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, description text DEFAULT '' NOT NULL, secret text NOT NULL,
  key_id uuid, nonce bytea, created_at timestamptz DEFAULT now() NOT NULL, updated_at timestamptz DEFAULT now() NOT NULL
);
CREATE VIEW vault.decrypted_secrets AS SELECT *, secret AS decrypted_secret FROM vault.secrets;
CREATE FUNCTION vault.create_secret(text, text DEFAULT NULL, text DEFAULT '') RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
CREATE FUNCTION vault.update_secret(uuid, text DEFAULT NULL, text DEFAULT NULL, text DEFAULT NULL) RETURNS void
  LANGUAGE sql AS 'SELECT';
