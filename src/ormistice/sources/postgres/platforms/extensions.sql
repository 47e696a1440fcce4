-- Where Supabase puts extensions.
CREATE SCHEMA extensions;
