-- Format 1: what was asked for (sweeps, points, runs), the work that answers it (jobs), and what
-- came out (one table for each kind of job).
-- A file N.sql of this folder makes a database of format N from one of format N - 1; a new
-- database runs them all. A migration that was released never changes: write the next one.
-- Accuracies and utilisations are fractions of 1. Times are UTC, ISO 8601. A figure that was
-- not measured is NULL, never 0. A job and its result are written in one transaction.

CREATE TABLE sweeps (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,   -- `name` of the sweep file, or the command (train, sim, synth)
    file      TEXT NOT NULL,          -- the sweep file's path as given, or the command line
    content   TEXT NOT NULL,          -- the sweep file's text at its last run
    created   TEXT NOT NULL,          -- first run
    updated   TEXT NOT NULL           -- last run
) STRICT;

-- One combination of axes, after the axes that its scheme does not use collapsed to NULL.
CREATE TABLE points (
    id                  INTEGER PRIMARY KEY,
    digest              TEXT NOT NULL UNIQUE,  -- SHA-256 over the axes, the data set and the device
    point               TEXT NOT NULL,         -- its first 10 digits: the name people use
    dataset             TEXT NOT NULL,         -- name or folder, as in the sweep file
    network             TEXT NOT NULL,         -- "784-96-64-10", "28x28x1-16c3-p2-10"
    train_mode          TEXT NOT NULL,         -- standard, paper
    epochs              INTEGER NOT NULL,      -- passes over the training images
    batch               INTEGER NOT NULL,      -- images per training step
    optimiser           TEXT NOT NULL,         -- adam, sgd
    lr                  REAL NOT NULL,         -- learning rate at the start
    lr_decay            TEXT NOT NULL,         -- none, cosine, linear
    shuffle             INTEGER NOT NULL,      -- 1: images in a new order every epoch
    scheme              TEXT NOT NULL,         -- float, fixed-point, fixed-reference, consecutive, consecutive-open
    reference           TEXT,                  -- first, mean, zero, median, learned
    span                TEXT,                  -- layer, row, bucket: weights that share a reference
    codec               TEXT,                  -- exact, paper, ternary
    rounding            TEXT,                  -- cut, nearest, stochastic
    weight_bits         INTEGER,               -- W, bits of a weight with its sign
    frac_bits           INTEGER,               -- f, of these behind the point
    delta_bits          INTEGER,               -- D, bits of a delta
    delta_offset        INTEGER,               -- o, a delta's step is 2^o
    parallelism         INTEGER,               -- P, multipliers of the operator or lanes of the accelerator
    multiplier          TEXT,                  -- dsp, lut
    operator_inputs     INTEGER,               -- N, inputs of one dot product
    device              TEXT NOT NULL,         -- part, "xc7s15"
    weights             INTEGER NOT NULL,      -- weights of the network
    weight_storage_bits INTEGER NOT NULL,      -- bits: stored deltas or weights and references of all layers
    compression_ratio   REAL NOT NULL,         -- weights · W / weight_storage_bits; 1 for float
    build_job           TEXT REFERENCES jobs (digest),  -- simulator of its hardware; NULL: none or unknown
    synth_job           TEXT REFERENCES jobs (digest)   -- synthesis of its hardware; NULL: none or unknown
) STRICT;
CREATE INDEX points_by_point ON points (point);
CREATE INDEX points_by_synth_job ON points (synth_job);

-- One point with one seed in one sweep.
CREATE TABLE runs (
    id        INTEGER PRIMARY KEY,
    sweep     INTEGER NOT NULL REFERENCES sweeps (id),
    point     INTEGER NOT NULL REFERENCES points (id),
    seed      INTEGER,                       -- of weights and shuffling; NULL: not to be trained
    train_job TEXT REFERENCES jobs (digest), -- NULL: not to be trained
    check_job TEXT REFERENCES jobs (digest), -- NULL: no hardware, or no simulator
    created   TEXT NOT NULL                  -- when the run was first asked for
) STRICT;
CREATE UNIQUE INDEX runs_once ON runs (sweep, point, coalesce(seed, -1));
CREATE INDEX runs_by_point ON runs (point);

-- One piece of work, keyed by a digest of all that its result depends on.
CREATE TABLE jobs (
    digest       TEXT PRIMARY KEY,  -- SHA-256
    kind         TEXT NOT NULL CHECK (kind IN ('train', 'build', 'check', 'synth')),
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

CREATE TABLE training (
    job                 TEXT PRIMARY KEY REFERENCES jobs (digest),
    train_accuracy      REAL,           -- fraction of the training images, last epoch
    validation_accuracy REAL,           -- fraction of the held-out images; NULL in mode paper
    test_accuracy       REAL,           -- fraction of the test images
    seconds             REAL NOT NULL,  -- s, training alone
    network             BLOB NOT NULL   -- the trained network, packed by models/nn/network/network
) STRICT;

CREATE TABLE epochs (
    job                 TEXT NOT NULL REFERENCES jobs (digest),
    epoch               INTEGER NOT NULL, -- from 1
    loss                REAL,             -- mean cross-entropy, nats
    train_accuracy      REAL,             -- fraction
    validation_accuracy REAL,             -- fraction
    test_accuracy       REAL,             -- fraction
    seconds             REAL,             -- s
    PRIMARY KEY (job, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE builds (
    job     TEXT PRIMARY KEY REFERENCES jobs (digest),
    seconds REAL NOT NULL -- s, of the build that filled the cache; 0: it was there already
) STRICT;

CREATE TABLE checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    vectors                    INTEGER NOT NULL, -- dot products
    trained_vectors            INTEGER NOT NULL, -- of these with trained weights and real images
    mismatches                 INTEGER NOT NULL, -- outputs or clocks that differ from the integer definition
    cycles_per_dot             INTEGER NOT NULL, -- clocks, counted in the RTL
    first_vector               INTEGER,          -- of the first mismatch; NULL: none
    first_clock                INTEGER,          -- clock of the first mismatch
    first_expected             INTEGER,          -- what the definition says
    first_got                  INTEGER,          -- what the RTL says
    first_where                TEXT,             -- bulk, or the port that differed in lock-step
    clocks                     INTEGER NOT NULL, -- clocks simulated in bulk
    lockstep_clocks            INTEGER NOT NULL, -- clocks simulated in lock-step with SystemC
    clocks_per_second          REAL,             -- 1/s, plain Verilator
    lockstep_clocks_per_second REAL              -- 1/s, SystemC and RTL side by side
) STRICT;

CREATE TABLE syntheses (
    job              TEXT PRIMARY KEY REFERENCES jobs (digest),
    lut              INTEGER NOT NULL, -- LUTs as logic and as memory
    lutram           INTEGER NOT NULL, -- those of lut that are memory
    ff               INTEGER NOT NULL, -- flip-flops
    carry4           INTEGER NOT NULL, -- CARRY4
    muxf7            INTEGER NOT NULL, -- MUXF7
    muxf8            INTEGER NOT NULL, -- MUXF8
    dsp              INTEGER NOT NULL, -- DSP48E1
    bram18           INTEGER NOT NULL, -- RAMB18
    bram36           INTEGER NOT NULL, -- RAMB36
    critical_path_ns REAL,             -- ns, estimate with routing, speed grade -1; NULL without OpenSTA
    fmax_mhz         REAL,             -- MHz, 1000 / critical_path_ns
    path_from        TEXT,             -- where the critical path begins
    path_to          TEXT,             -- where it ends
    seconds          REAL NOT NULL     -- s, of the run that filled the cache
) STRICT;

-- Whether a point fits its device, and how full the device is then. Written with the point, from what
-- its configuration alone says, and again when its synthesis is done. A float point has no row.
CREATE TABLE fits (
    point               INTEGER PRIMARY KEY REFERENCES points (id),
    logic_known         INTEGER NOT NULL, -- 1: from a synthesis; 0: from the weights (of an accelerator: memories and DSPs) alone
    fits                INTEGER,          -- 1: logic and weights both fit, 0: they do not; NULL: weights fit, logic is unknown
    weights_fit_bram    INTEGER NOT NULL, -- 1: all weights fit block RAM
    weights_fit_lutram  INTEGER NOT NULL, -- 1: all weights fit LUT RAM
    lut_utilisation     REAL,             -- used / there is in the device, a fraction
    ff_utilisation      REAL,
    carry4_utilisation  REAL,
    muxf7_utilisation   REAL,
    muxf8_utilisation   REAL,
    dsp_utilisation     REAL,
    bram_utilisation    REAL,
    lutram_utilisation  REAL,
    weights_utilisation REAL NOT NULL,    -- weight bits / bits of memory that can hold them
    binding_resource    TEXT              -- the fullest resource; NULL while fits is NULL
) STRICT;

-- Student's t: two-sided 95 %, by degrees of freedom; between two rows the lower one
-- is used, which is on the safe side.
CREATE TABLE t_quantiles (
    df  INTEGER PRIMARY KEY, -- degrees of freedom, n − 1
    t95 REAL NOT NULL        -- 0.975 quantile
) STRICT;
INSERT INTO t_quantiles (df, t95) VALUES
    (1, 12.70620), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (6, 2.44691), (7, 2.36462),
    (8, 2.30600), (9, 2.26216), (10, 2.22814), (11, 2.20099), (12, 2.17881), (13, 2.16037), (14, 2.14479),
    (15, 2.13145), (16, 2.11991), (17, 2.10982), (18, 2.10092), (19, 2.09302), (20, 2.08596), (21, 2.07961),
    (22, 2.07387), (23, 2.06866), (24, 2.06390), (25, 2.05954), (26, 2.05553), (27, 2.05183), (28, 2.04841),
    (29, 2.04523), (30, 2.04227), (40, 2.02108), (50, 2.00856), (60, 2.00030), (80, 1.99006), (99, 1.98422),
    (100, 1.98397), (120, 1.97993), (200, 1.97190), (500, 1.96472), (1000, 1.96234);
