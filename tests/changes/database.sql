CREATE TYPE state AS ENUM ('open', 'lent', 'lost');
CREATE TABLE readers (
    id serial PRIMARY KEY,
    email text NOT NULL CONSTRAINT readers_email_key UNIQUE,
    nickname text,
    joined_at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE loans (
    id serial PRIMARY KEY,
    reader_id integer NOT NULL,
    state state NOT NULL DEFAULT 'open',
    fee numeric(8, 2) NOT NULL,
    notes jsonb,
    CONSTRAINT loans_reader FOREIGN KEY (reader_id) REFERENCES readers (id) ON DELETE CASCADE,
    CONSTRAINT loans_fee_sign CHECK (fee >= 0)
);
CREATE INDEX loans_reader_state ON loans (reader_id, state);
CREATE INDEX loans_fee ON loans (fee);
