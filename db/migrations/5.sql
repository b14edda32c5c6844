-- Format 5: a job may have a kind that no earlier deltasweep knew. The table is built again
-- without its CHECK of kind.
CREATE TABLE jobs_5 (
    digest       TEXT PRIMARY KEY,  -- SHA-256
    kind         TEXT NOT NULL,     -- train, build, check, synth, …
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    label        TEXT NOT NULL,     -- what it is, for people
    completions  INTEGER NOT NULL DEFAULT 0 CHECK (completions <= 1), -- times that a result was recorded
    attempts     INTEGER NOT NULL DEFAULT 0, -- times that it ended, well or not
    started      TEXT,              -- of the last attempt
    finished     TEXT,              -- of the last attempt
    seconds      REAL,              -- s, wall clock of the last attempt
    message      TEXT,              -- why the last attempt failed
    git_revision TEXT,              -- of the program that did it
    tools        TEXT,              -- versions of the tools that did it
    rtl_digest   TEXT,              -- SHA-256 of the files of rtl/; NULL for training
    host         TEXT,              -- machine that did it
    final        INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1)) -- 1: failed, and would fail again (training diverged)
) STRICT;
INSERT INTO jobs_5 (digest, kind, state, label, completions, attempts, started, finished, seconds,
    message, git_revision, tools, rtl_digest, host, final)
SELECT digest, kind, state, label, completions, attempts, started, finished, seconds, message,
    git_revision, tools, rtl_digest, host, final FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_5 RENAME TO jobs;
