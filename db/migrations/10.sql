-- Format 10: how long a job was expected to take, what the tools of a failed job said, and which run writes.
ALTER TABLE jobs ADD COLUMN pace TEXT; -- which jobs it is alike in speed, "synth accelerator"
ALTER TABLE jobs ADD COLUMN cost REAL; -- s, guessed before it ran; what other jobs of its pace took corrects the guess

-- All that the tools of a job's last attempt printed, where it failed.
CREATE TABLE job_outputs (
    job    TEXT PRIMARY KEY REFERENCES jobs (digest),
    output TEXT NOT NULL -- for each tool its command, its standard output and error, and how it ended
) STRICT;

-- The run that writes to this database, or that wrote last. At most one row.
CREATE TABLE writer (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    sweep        TEXT NOT NULL,    -- `name` of the sweep file, or the command
    pid          INTEGER NOT NULL, -- its process
    host         TEXT NOT NULL,    -- the machine on which it runs
    workers      INTEGER NOT NULL, -- jobs at once
    started      TEXT NOT NULL,
    seen         TEXT NOT NULL,    -- when it last wrote this row, every second or so
    ended        TEXT,             -- NULL: it runs, or it was killed
    seconds      REAL NOT NULL,    -- s, from started to seen
    jobs         INTEGER NOT NULL, -- that it has to do
    done         INTEGER NOT NULL, -- of these
    failed       INTEGER NOT NULL, -- of these
    seconds_left REAL              -- s, guessed; NULL: unknown
) STRICT;

-- What its workers did when it was last seen.
CREATE TABLE running (
    job     TEXT PRIMARY KEY REFERENCES jobs (digest),
    pid     INTEGER NOT NULL, -- of the worker
    seconds REAL NOT NULL     -- s, since the worker began
) STRICT;
