-- Supabase's channels.
CREATE SCHEMA realtime;
CREATE TABLE realtime.messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), topic text NOT NULL, extension text NOT NULL, payload jsonb, event text,
  private boolean DEFAULT false, inserted_at timestamp DEFAULT now() NOT NULL, updated_at timestamp DEFAULT now() NOT NULL
);
CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION realtime.send(jsonb, text, text, boolean DEFAULT true) RETURNS void LANGUAGE sql AS 'SELECT';
