-- Users and who is asking, as Supabase and Neon have them; only what others refer to. The planner would put what a
-- function in SQL says in place of its call.
CREATE SCHEMA auth;
CREATE TABLE auth.users (
  id uuid PRIMARY KEY, instance_id uuid, aud varchar(255), role varchar(255), email varchar(255), phone text UNIQUE,
  encrypted_password varchar(255), email_change varchar(255), is_super_admin boolean,
  raw_app_meta_data jsonb, raw_user_meta_data jsonb, is_sso_user boolean DEFAULT false NOT NULL,
  is_anonymous boolean DEFAULT false NOT NULL, invited_at timestamptz, confirmed_at timestamptz,
  email_confirmed_at timestamptz, phone_confirmed_at timestamptz, last_sign_in_at timestamptz, banned_until timestamptz,
  created_at timestamptz, updated_at timestamptz, deleted_at timestamptz
);
CREATE TABLE auth.identities (
  id uuid PRIMARY KEY, user_id uuid NOT NULL, provider text NOT NULL, provider_id text NOT NULL, identity_data jsonb NOT NULL,
  email text, last_sign_in_at timestamptz, created_at timestamptz, updated_at timestamptz
);
CREATE TABLE auth.sessions (id uuid PRIMARY KEY, user_id uuid NOT NULL, created_at timestamptz, updated_at timestamptz);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.role() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.email() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.user_id() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.session() RETURNS jsonb LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
