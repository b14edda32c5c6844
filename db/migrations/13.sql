-- Format 13: several runs work on one database at the same time. `runners` takes the place of `writer`.

-- The runs that write to this database, and the last one that did. One that is at work holds a lock on the file, see
-- db/lock.h: a row without `ended` whose lock nobody holds is of a run that was killed.
CREATE TABLE runners (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
    sweep        TEXT NOT NULL,    -- `name` of the sweep file, or the command
    pid          INTEGER NOT NULL, -- its process
    host         TEXT NOT NULL,    -- the machine on which it runs
    boot         TEXT NOT NULL,    -- the kernel on which it runs: boot_id of Linux
    beats        INTEGER NOT NULL DEFAULT 0, -- times that it said that it lives, every second or so
    workers      INTEGER NOT NULL, -- jobs at once
    started      TEXT NOT NULL,
    seen         TEXT NOT NULL,    -- when it last wrote this row
    ended        TEXT,             -- NULL: it runs, or it was killed
    interrupted  INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)), -- 1: by a signal
    seconds      REAL NOT NULL,    -- s, from started to seen
    jobs         INTEGER NOT NULL, -- that it had to do
    done         INTEGER NOT NULL, -- of these, by it or by another run meanwhile
    failed       INTEGER NOT NULL, -- of these
    done_before  INTEGER,          -- jobs of its sweep that had a result when it began; NULL: unknown
    seconds_left REAL              -- s, guessed; NULL: unknown
) STRICT;
INSERT INTO runners (sweep, pid, host, boot, workers, started, seen, ended, interrupted, seconds, jobs, done, failed,
    done_before, seconds_left)
SELECT sweep, pid, host, '', workers, started, seen, ended, interrupted, seconds, jobs, done, failed, done_before,
    seconds_left FROM writer;
DROP TABLE writer;

-- The jobs at work: each is leased by one run. What a killed run had is free.
DROP TABLE running;
CREATE TABLE running (
    job     TEXT PRIMARY KEY REFERENCES jobs (digest),
    runner  INTEGER NOT NULL REFERENCES runners (id),
    pid     INTEGER,          -- of its worker; NULL: it starts, or waits for a second try
    seconds REAL NOT NULL,    -- s, since the worker began
    part    REAL,             -- of the job that is done, 0 to 1; NULL: unknown
    step    INTEGER,          -- the last step that is done: epoch of a training; NULL: the job has no steps
    steps   INTEGER           -- that there are
) STRICT;
CREATE INDEX running_by_runner ON running (runner);

-- In which order the jobs of all runs ended, so that one run sees what the others have done since.
ALTER TABLE jobs ADD COLUMN ended INTEGER; -- counts up with each attempt that ends; NULL: not since format 13
CREATE INDEX jobs_by_ended ON jobs (ended) WHERE ended IS NOT NULL;
