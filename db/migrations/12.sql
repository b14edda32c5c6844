-- Format 12: searches: rungs of trainings, and what each search bought.

-- A rung is the first epochs of a training, done for a search; their figures are the rows of the job in `epochs`.
CREATE TABLE rungs (
    job      TEXT PRIMARY KEY REFERENCES jobs (digest),
    training TEXT NOT NULL,    -- digest of the job that is the whole training
    epochs   INTEGER NOT NULL, -- how many
    seconds  REAL NOT NULL     -- s, that they took, all from the first on
) STRICT;
CREATE INDEX rungs_by_training ON rungs (training);

-- A search: a sweep with what decides which points it asks for. Another budget goes on with the same search.
CREATE TABLE searches (
    id                INTEGER PRIMARY KEY,
    sweep             INTEGER NOT NULL REFERENCES sweeps (id) ON DELETE CASCADE,
    digest            TEXT NOT NULL,    -- of all that decides what it asks for
    method            TEXT NOT NULL,    -- random, nsga2, front
    seed              INTEGER NOT NULL, -- of what it draws
    objectives        TEXT NOT NULL,    -- "max validation_accuracy, min estimated_lut"
    combinations      REAL NOT NULL,    -- of values of its axes
    budget_points     REAL,             -- NULL: no such bound
    budget_trainings  REAL,
    budget_hours      REAL,
    started           TEXT NOT NULL,    -- first run
    ended             TEXT              -- when it came to its end; NULL: it was stopped, or runs
) STRICT;
CREATE UNIQUE INDEX searches_once ON searches (sweep, digest);

-- What a search asked for, in order.
CREATE TABLE search_purchases (
    search          INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
    number          INTEGER NOT NULL, -- from 0
    round           INTEGER NOT NULL, -- from 1: what was asked for at once
    point           TEXT NOT NULL,    -- digest of the point
    seed            INTEGER NOT NULL,
    epochs          INTEGER NOT NULL, -- the first so many of its training
    known_epochs    INTEGER NOT NULL, -- of these, that the database had when it was asked for: they cost nothing
    training        TEXT NOT NULL,    -- digest of the job that is the whole training
    accuracy        REAL,             -- of the validation images after these epochs; NULL: it failed, or is not done yet
    seconds         REAL,             -- s, that these epochs take
    charged_seconds REAL,             -- s, those that were not known
    PRIMARY KEY (search, number)
) STRICT, WITHOUT ROWID;

-- How far a search was after each round.
CREATE TABLE search_rounds (
    search      INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
    round       INTEGER NOT NULL,
    purchases   INTEGER NOT NULL, -- so far
    points      INTEGER NOT NULL, -- charged to its budget so far
    trainings   REAL NOT NULL,    -- the same; a rung counts by its epochs
    hours       REAL NOT NULL,    -- the same, on one core
    front       INTEGER NOT NULL, -- trained points that no other beats
    hypervolume REAL NOT NULL,    -- share of the box between the best and the worst of all objectives that these cover
    PRIMARY KEY (search, round)
) STRICT, WITHOUT ROWID;
