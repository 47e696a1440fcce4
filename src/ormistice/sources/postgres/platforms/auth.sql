-- Users and who is asking, as Supabase and Neon have them; only what others refer to. The planner would put what a
-- function in SQL says in place of its call.
CREATE SCHEMA auth;
CREATE TABLE auth.users (
  id uuid PRIMARY KEY, instance_id uuid, aud varchar(255), role varchar(255), email varchar(255), phone text UNIQUE,
  encrypted_password varchar(255), is_super_admin boolean, raw_app_meta_data jsonb, raw_user_meta_data jsonb,
  is_sso_user boolean DEFAULT false NOT NULL, is_anonymous boolean DEFAULT false NOT NULL,
  invited_at timestamptz, confirmed_at timestamptz, email_confirmed_at timestamptz, phone_confirmed_at timestamptz,
  confirmation_token varchar(255), confirmation_sent_at timestamptz, recovery_token varchar(255),
  recovery_sent_at timestamptz, email_change varchar(255), email_change_token_new varchar(255),
  email_change_token_current varchar(255) DEFAULT '', email_change_sent_at timestamptz,
  email_change_confirm_status smallint DEFAULT 0, phone_change text DEFAULT '', phone_change_token varchar(255) DEFAULT '',
  phone_change_sent_at timestamptz, reauthentication_token varchar(255) DEFAULT '', reauthentication_sent_at timestamptz,
  last_sign_in_at timestamptz, banned_until timestamptz, created_at timestamptz, updated_at timestamptz,
  deleted_at timestamptz
);
CREATE TABLE auth.identities (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL, provider text NOT NULL, provider_id text NOT NULL,
  identity_data jsonb NOT NULL, email text GENERATED ALWAYS AS (lower(identity_data ->> 'email')) STORED,
  last_sign_in_at timestamptz, created_at timestamptz, updated_at timestamptz, UNIQUE (provider_id, provider)
);
CREATE TABLE auth.sessions (
  id uuid PRIMARY KEY, user_id uuid NOT NULL, created_at timestamptz, updated_at timestamptz, factor_id uuid, aal text,
  not_after timestamptz, refreshed_at timestamp, user_agent text, ip inet, tag text
);
CREATE TABLE auth.refresh_tokens (
  id bigserial PRIMARY KEY, instance_id uuid, token varchar(255) UNIQUE, user_id varchar(255), revoked boolean,
  created_at timestamptz, updated_at timestamptz, parent varchar(255), session_id uuid
);
CREATE TABLE auth.audit_log_entries (
  id uuid PRIMARY KEY, instance_id uuid, payload json, ip_address varchar(64) DEFAULT '' NOT NULL, created_at timestamptz
);
CREATE TABLE auth.mfa_factors (
  id uuid PRIMARY KEY, user_id uuid NOT NULL, friendly_name text, factor_type text NOT NULL, status text NOT NULL,
  created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, secret text, phone text, last_challenged_at timestamptz
);
CREATE TABLE auth.one_time_tokens (
  id uuid PRIMARY KEY, user_id uuid NOT NULL, token_type text NOT NULL, token_hash text NOT NULL, relates_to text NOT NULL,
  created_at timestamp DEFAULT now() NOT NULL, updated_at timestamp DEFAULT now() NOT NULL
);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.role() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.email() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.user_id() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION auth.session() RETURNS jsonb LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
