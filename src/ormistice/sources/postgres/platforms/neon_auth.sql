-- Neon's users.
CREATE SCHEMA neon_auth;
CREATE TABLE neon_auth.users_sync (
  id text PRIMARY KEY, raw_json jsonb NOT NULL, name text, email text, created_at timestamptz, updated_at timestamptz,
  deleted_at timestamptz
);
