-- Format 11: the loaded weights of a point, so that the point has its own name when it is read back; how a run ended.
ALTER TABLE points ADD COLUMN loaded_digest TEXT; -- SHA-256 of their content and order; NULL: none, or not recorded again since
ALTER TABLE points ADD COLUMN load_order TEXT;    -- names of their layers in order, between commas; NULL: not given

-- How the run that writes ended, and what it did not have to do.
ALTER TABLE writer ADD COLUMN interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)); -- 1: by a signal
ALTER TABLE writer ADD COLUMN done_before INTEGER; -- jobs of its sweep that had a result when it began; NULL: unknown
