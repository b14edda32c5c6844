-- Format 11: the loaded weights of a point, so that the point has its own name when it is read back.
ALTER TABLE points ADD COLUMN loaded_digest TEXT; -- SHA-256 of their content and order; NULL: none, or not recorded again since
ALTER TABLE points ADD COLUMN load_order TEXT;    -- names of their layers in order, between commas; NULL: not given
