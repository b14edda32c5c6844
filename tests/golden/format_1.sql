-- The tables and views of format 1 of the database, as they were: what an upgrade starts from.
-- The record of deltasweep: what was asked for (sweeps, points, runs), the work that
-- answers it (jobs), and what came out (one table per kind of job). user_version 1.
-- Accuracies and utilisations are fractions of 1. Times are UTC, ISO 8601.
-- A figure that was not measured is NULL, never 0. Every job row and the rows of its
-- result are written in one transaction.

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
    digest              TEXT NOT NULL UNIQUE,  -- SHA-256 over all that follows up to `device`
    point               TEXT NOT NULL,         -- its first 10 digits: the name people use
    dataset             TEXT NOT NULL,         -- name or folder, as in the sweep file
    network             TEXT NOT NULL,         -- layer sizes, "784-96-64-10"
    train_mode          TEXT NOT NULL,         -- standard, paper
    epochs              INTEGER NOT NULL,      -- passes over the training images
    batch               INTEGER NOT NULL,      -- images per training step
    optimiser           TEXT NOT NULL,         -- adam, sgd
    lr                  REAL NOT NULL,         -- learning rate at the start
    lr_decay            TEXT NOT NULL,         -- none, cosine
    shuffle             INTEGER NOT NULL,      -- 1: images in a new order every epoch
    scheme              TEXT NOT NULL,         -- float, fixed-point, fixed-reference, consecutive, consecutive-open
    reference           TEXT,                  -- first, mean, zero
    span                TEXT,                  -- layer, row: weights that share a reference
    codec               TEXT,                  -- exact, paper
    rounding            TEXT,                  -- cut, nearest
    weight_bits         INTEGER,               -- W, bits of a weight with its sign
    frac_bits           INTEGER,               -- f, of these behind the point
    delta_bits          INTEGER,               -- D, bits of a delta
    delta_offset        INTEGER,               -- o, a delta's step is 2^o
    parallelism         INTEGER,               -- P, multipliers of the operator
    multiplier          TEXT,                  -- dsp, lut
    operator_inputs     INTEGER,               -- N, inputs of one dot product
    device              TEXT NOT NULL,         -- part, "xc7s15"
    weights             INTEGER NOT NULL,      -- weights of the network
    weight_storage_bits INTEGER NOT NULL,      -- bits: stored deltas or weights and references of all layers
    compression_ratio   REAL NOT NULL,         -- weights · W / weight_storage_bits; 1 for float
    build_job           TEXT REFERENCES jobs (digest),  -- simulator of its operator; NULL: none or unknown
    synth_job           TEXT REFERENCES jobs (digest)   -- synthesis of its operator; NULL: none or unknown
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
    check_job TEXT REFERENCES jobs (digest), -- NULL: no operator, or no simulator
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
    network             BLOB NOT NULL   -- the trained network, packed by models/nn/network
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
    lutram           INTEGER NOT NULL, -- of these as memory
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

-- What a point takes of its part; written with the point, from its weights alone, and
-- again when its synthesis is done. No row for a point without an operator.
CREATE TABLE fits (
    point               INTEGER PRIMARY KEY REFERENCES points (id),
    logic_known         INTEGER NOT NULL, -- 1: synthesised; 0: weights alone
    fits                INTEGER,          -- 1: logic and weights both; NULL: weights do, logic unknown
    weights_fit_bram    INTEGER NOT NULL, -- 1: all weights fit block RAM
    weights_fit_lutram  INTEGER NOT NULL, -- 1: all weights fit LUT RAM
    lut_utilisation     REAL,             -- fractions of the part
    ff_utilisation      REAL,
    carry4_utilisation  REAL,
    muxf7_utilisation   REAL,
    muxf8_utilisation   REAL,
    dsp_utilisation     REAL,
    bram_utilisation    REAL,
    lutram_utilisation  REAL,
    weights_utilisation REAL NOT NULL,    -- weight bits over the memory that can hold them
    binding_resource    TEXT              -- what is fullest; NULL while fits is NULL
) STRICT;

-- Student's t: two-sided 95 %, by degrees of freedom; between two rows the lower one
-- is used, which is on the safe side.
CREATE TABLE t_quantiles (
    df  INTEGER PRIMARY KEY, -- degrees of freedom, n − 1
    t95 REAL NOT NULL        -- 0.975 quantile
) STRICT;
INSERT INTO t_quantiles VALUES
    (1, 12.70620), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (6, 2.44691), (7, 2.36462),
    (8, 2.30600), (9, 2.26216), (10, 2.22814), (11, 2.20099), (12, 2.17881), (13, 2.16037), (14, 2.14479),
    (15, 2.13145), (16, 2.11991), (17, 2.10982), (18, 2.10092), (19, 2.09302), (20, 2.08596), (21, 2.07961),
    (22, 2.07387), (23, 2.06866), (24, 2.06390), (25, 2.05954), (26, 2.05553), (27, 2.05183), (28, 2.04841),
    (29, 2.04523), (30, 2.04227), (40, 2.02108), (50, 2.00856), (60, 2.00030), (80, 1.99006), (99, 1.98422),
    (100, 1.98397), (120, 1.97993), (200, 1.97190), (500, 1.96472), (1000, 1.96234);
-- What people query. A column has the unit of the table's column of the same name.

-- One row per sweep, point and seed.
CREATE VIEW results AS
SELECT p.point, s.name AS sweep, p.dataset, p.network, p.train_mode, p.epochs,
       p.scheme, p.reference, p.span, p.codec, p.rounding, p.weight_bits, p.frac_bits, p.delta_bits, p.delta_offset,
       p.parallelism, p.multiplier, p.operator_inputs, p.device, r.seed,
       t.train_accuracy, t.validation_accuracy, t.test_accuracy,
       p.weight_storage_bits, p.compression_ratio,
       c.cycles_per_dot, c.mismatches AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       t.seconds AS train_seconds,
       c.clocks_per_second AS sim_clocks_per_second,
       -- The rest: speed, utilisation, how it was made.
       y.fmax_mhz, y.critical_path_ns,
       1e6 * y.fmax_mhz * p.operator_inputs / c.cycles_per_dot AS macs_per_second, -- 1/s, N / cycles · f_max
       1e6 * p.operator_inputs / c.cycles_per_dot AS macs_per_second_at_1mhz,      -- 1/s, the same at 1 MHz
       y.carry4, y.muxf7, y.muxf8, y.bram36,
       f.lut_utilisation, f.ff_utilisation, f.carry4_utilisation, f.muxf7_utilisation, f.muxf8_utilisation,
       f.dsp_utilisation, f.bram_utilisation, f.lutram_utilisation, f.weights_utilisation,
       f.weights_fit_bram, f.weights_fit_lutram,
       p.weights, p.batch, p.optimiser, p.lr, p.lr_decay, p.shuffle,
       c.vectors AS check_vectors, c.lockstep_clocks_per_second,
       b.seconds AS build_seconds, y.seconds AS synth_seconds,
       coalesce(jt.git_revision, jc.git_revision, jy.git_revision) AS git_revision,
       coalesce(jc.rtl_digest, jy.rtl_digest) AS rtl_digest,
       nullif(trim(coalesce(jt.tools, '') || coalesce('; ' || jc.tools, '') || coalesce('; ' || jy.tools, ''), '; '), '')
           AS tool_versions,
       r.created
FROM runs r
JOIN sweeps s ON s.id = r.sweep
JOIN points p ON p.id = r.point
LEFT JOIN training t ON t.job = r.train_job
LEFT JOIN checks c ON c.job = r.check_job
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN jobs jt ON jt.digest = r.train_job AND jt.state = 'done'
LEFT JOIN jobs jc ON jc.digest = r.check_job AND jc.state = 'done'
LEFT JOIN jobs jy ON jy.digest = p.synth_job AND jy.state = 'done'
ORDER BY r.id;

-- One row per sweep and point: accuracies over the seeds that are done. The interval is
-- Student's t at 95 %; with one seed there is none (NULL).
CREATE VIEW designs AS
WITH seeds AS (
    SELECT r.sweep, r.point, min(r.id) AS run, count(t.test_accuracy) AS n,
           avg(t.test_accuracy) AS mean, avg(t.train_accuracy) AS train_mean,
           avg(t.validation_accuracy) AS validation_mean,
           max(c.cycles_per_dot) AS cycles_per_dot, sum(c.mismatches) AS mismatches,
           sum(c.vectors) AS vectors,
           avg(c.clocks_per_second) AS clocks_per_second,
           avg(c.lockstep_clocks_per_second) AS lockstep_clocks_per_second,
           avg(t.seconds) AS train_seconds
    FROM runs r
    LEFT JOIN training t ON t.job = r.train_job
    LEFT JOIN checks c ON c.job = r.check_job
    GROUP BY r.sweep, r.point
), spread AS (
    SELECT d.*,
           (SELECT sqrt(sum((t.test_accuracy - d.mean) * (t.test_accuracy - d.mean)) / (d.n - 1))
            FROM runs r JOIN training t ON t.job = r.train_job
            WHERE d.n > 1 AND r.sweep = d.sweep AND r.point = d.point) AS sd,
           (SELECT q.t95 FROM t_quantiles q WHERE q.df <= d.n - 1 ORDER BY q.df DESC LIMIT 1) AS t95
    FROM seeds d
)
SELECT p.point, s.name AS sweep, p.dataset, p.network, p.train_mode, p.epochs,
       p.scheme, p.reference, p.span, p.codec, p.rounding, p.weight_bits, p.frac_bits, p.delta_bits, p.delta_offset,
       p.parallelism, p.multiplier, p.operator_inputs, p.device,
       d.n,                                                             -- seeds done
       d.mean AS test_accuracy, d.sd AS test_accuracy_sd,               -- fraction: mean and standard deviation
       d.mean - d.t95 * d.sd / sqrt(d.n) AS test_accuracy_low,
       d.mean + d.t95 * d.sd / sqrt(d.n) AS test_accuracy_high,
       d.train_mean AS train_accuracy, d.validation_mean AS validation_accuracy,
       p.weight_storage_bits, p.compression_ratio,
       d.cycles_per_dot, d.mismatches AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       d.train_seconds,                                                 -- s, mean
       d.clocks_per_second AS sim_clocks_per_second,                    -- 1/s, mean
       y.fmax_mhz, y.critical_path_ns,
       1e6 * y.fmax_mhz * p.operator_inputs / d.cycles_per_dot AS macs_per_second,
       1e6 * p.operator_inputs / d.cycles_per_dot AS macs_per_second_at_1mhz,
       y.carry4, y.muxf7, y.muxf8, y.bram36,
       f.lut_utilisation, f.ff_utilisation, f.carry4_utilisation, f.muxf7_utilisation, f.muxf8_utilisation,
       f.dsp_utilisation, f.bram_utilisation, f.lutram_utilisation, f.weights_utilisation,
       f.weights_fit_bram, f.weights_fit_lutram,
       p.weights, p.batch, p.optimiser, p.lr, p.lr_decay, p.shuffle,
       d.vectors AS check_vectors, d.lockstep_clocks_per_second,
       b.seconds AS build_seconds, y.seconds AS synth_seconds
FROM spread d
JOIN sweeps s ON s.id = d.sweep
JOIN points p ON p.id = d.point
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
ORDER BY d.run;
