-- Format 8: points that others published, to be compared with one's own. A row is one figure or word of a point.
CREATE TABLE published_values (
    source      TEXT NOT NULL, -- where it was published
    name        TEXT NOT NULL, -- of the design; with source: which point
    column_name TEXT NOT NULL, -- of the view `designs`, or `note`
    value       ANY NOT NULL,  -- in the unit of that column
    PRIMARY KEY (source, name, column_name)
) STRICT, WITHOUT ROWID;
