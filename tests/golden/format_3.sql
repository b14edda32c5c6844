-- What deltasweep made as format 3: schema.sql, schema_2.sql, schema_3.sql and views.sql of then, without comments.
CREATE TABLE sweeps (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    file      TEXT NOT NULL,
    content   TEXT NOT NULL,
    created   TEXT NOT NULL,
    updated   TEXT NOT NULL
) STRICT;
CREATE TABLE points (
    id                  INTEGER PRIMARY KEY,
    digest              TEXT NOT NULL UNIQUE,
    point               TEXT NOT NULL,
    dataset             TEXT NOT NULL,
    network             TEXT NOT NULL,
    train_mode          TEXT NOT NULL,
    epochs              INTEGER NOT NULL,
    batch               INTEGER NOT NULL,
    optimiser           TEXT NOT NULL,
    lr                  REAL NOT NULL,
    lr_decay            TEXT NOT NULL,
    shuffle             INTEGER NOT NULL,
    scheme              TEXT NOT NULL,
    reference           TEXT,
    span                TEXT,
    codec               TEXT,
    rounding            TEXT,
    weight_bits         INTEGER,
    frac_bits           INTEGER,
    delta_bits          INTEGER,
    delta_offset        INTEGER,
    parallelism         INTEGER,
    multiplier          TEXT,
    operator_inputs     INTEGER,
    device              TEXT NOT NULL,
    weights             INTEGER NOT NULL,
    weight_storage_bits INTEGER NOT NULL,
    compression_ratio   REAL NOT NULL,
    build_job           TEXT REFERENCES jobs (digest),
    synth_job           TEXT REFERENCES jobs (digest),
    engine              TEXT,
    dsp_lanes           INTEGER,
    weight_memory       TEXT
) STRICT;
CREATE INDEX points_by_point ON points (point);
CREATE INDEX points_by_synth_job ON points (synth_job);
CREATE TABLE runs (
    id        INTEGER PRIMARY KEY,
    sweep     INTEGER NOT NULL REFERENCES sweeps (id),
    point     INTEGER NOT NULL REFERENCES points (id),
    seed      INTEGER,
    train_job TEXT REFERENCES jobs (digest),
    check_job TEXT REFERENCES jobs (digest),
    created   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_once ON runs (sweep, point, coalesce(seed, -1));
CREATE INDEX runs_by_point ON runs (point);
CREATE TABLE jobs (
    digest       TEXT PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('train', 'build', 'check', 'synth')),
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    label        TEXT NOT NULL,
    completions  INTEGER NOT NULL DEFAULT 0 CHECK (completions <= 1),
    attempts     INTEGER NOT NULL DEFAULT 0,
    started      TEXT,
    finished     TEXT,
    seconds      REAL,
    message      TEXT,
    git_revision TEXT,
    tools        TEXT,
    rtl_digest   TEXT,
    host         TEXT,
    final        INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1))
) STRICT;
CREATE TABLE training (
    job                 TEXT PRIMARY KEY REFERENCES jobs (digest),
    train_accuracy      REAL,
    validation_accuracy REAL,
    test_accuracy       REAL,
    seconds             REAL NOT NULL,
    network             BLOB NOT NULL,
    deployed_accuracy   REAL
) STRICT;
CREATE TABLE epochs (
    job                 TEXT NOT NULL REFERENCES jobs (digest),
    epoch               INTEGER NOT NULL,
    loss                REAL,
    train_accuracy      REAL,
    validation_accuracy REAL,
    test_accuracy       REAL,
    seconds             REAL,
    PRIMARY KEY (job, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE builds (
    job     TEXT PRIMARY KEY REFERENCES jobs (digest),
    seconds REAL NOT NULL
) STRICT;
CREATE TABLE checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    vectors                    INTEGER NOT NULL,
    trained_vectors            INTEGER NOT NULL,
    mismatches                 INTEGER NOT NULL,
    cycles_per_dot             INTEGER NOT NULL,
    first_vector               INTEGER,
    first_clock                INTEGER,
    first_expected             INTEGER,
    first_got                  INTEGER,
    first_where                TEXT,
    clocks                     INTEGER NOT NULL,
    lockstep_clocks            INTEGER NOT NULL,
    clocks_per_second          REAL,
    lockstep_clocks_per_second REAL
) STRICT;
CREATE TABLE syntheses (
    job              TEXT PRIMARY KEY REFERENCES jobs (digest),
    lut              INTEGER NOT NULL,
    lutram           INTEGER NOT NULL,
    ff               INTEGER NOT NULL,
    carry4           INTEGER NOT NULL,
    muxf7            INTEGER NOT NULL,
    muxf8            INTEGER NOT NULL,
    dsp              INTEGER NOT NULL,
    bram18           INTEGER NOT NULL,
    bram36           INTEGER NOT NULL,
    critical_path_ns REAL,
    fmax_mhz         REAL,
    path_from        TEXT,
    path_to          TEXT,
    seconds          REAL NOT NULL,
    critical_path_2_ns REAL,
    fmax_2_mhz       REAL,
    fmax_mhz_low     REAL,
    fmax_mhz_high    REAL,
    power_mw         REAL
) STRICT;
CREATE TABLE fits (
    point               INTEGER PRIMARY KEY REFERENCES points (id),
    logic_known         INTEGER NOT NULL,
    fits                INTEGER,
    weights_fit_bram    INTEGER NOT NULL,
    weights_fit_lutram  INTEGER NOT NULL,
    lut_utilisation     REAL,
    ff_utilisation      REAL,
    carry4_utilisation  REAL,
    muxf7_utilisation   REAL,
    muxf8_utilisation   REAL,
    dsp_utilisation     REAL,
    bram_utilisation    REAL,
    lutram_utilisation  REAL,
    weights_utilisation REAL NOT NULL,
    binding_resource    TEXT
) STRICT;
CREATE TABLE t_quantiles (
    df  INTEGER PRIMARY KEY,
    t95 REAL NOT NULL
) STRICT;
INSERT INTO t_quantiles VALUES
    (1, 12.70620), (2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (6, 2.44691), (7, 2.36462),
    (8, 2.30600), (9, 2.26216), (10, 2.22814), (11, 2.20099), (12, 2.17881), (13, 2.16037), (14, 2.14479),
    (15, 2.13145), (16, 2.11991), (17, 2.10982), (18, 2.10092), (19, 2.09302), (20, 2.08596), (21, 2.07961),
    (22, 2.07387), (23, 2.06866), (24, 2.06390), (25, 2.05954), (26, 2.05553), (27, 2.05183), (28, 2.04841),
    (29, 2.04523), (30, 2.04227), (40, 2.02108), (50, 2.00856), (60, 2.00030), (80, 1.99006), (99, 1.98422),
    (100, 1.98397), (120, 1.97993), (200, 1.97190), (500, 1.96472), (1000, 1.96234);
CREATE TABLE accelerator_checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    images                     INTEGER NOT NULL,
    lockstep_images            INTEGER NOT NULL,
    mismatches                 INTEGER NOT NULL,
    right                      INTEGER NOT NULL,
    cycles_per_inference       INTEGER NOT NULL,
    cycles_latency             INTEGER NOT NULL,
    schedule_agrees            INTEGER NOT NULL,
    first_image                INTEGER,
    first_where                TEXT,
    clocks                     INTEGER NOT NULL,
    lockstep_clocks            INTEGER NOT NULL,
    clocks_per_second          REAL,
    lockstep_clocks_per_second REAL
) STRICT;
CREATE TABLE accelerators (
    point            INTEGER PRIMARY KEY REFERENCES points (id),
    block_bits       INTEGER NOT NULL,
    schedule_cycles  INTEGER NOT NULL,
    schedule_latency INTEGER NOT NULL
) STRICT;
CREATE TABLE vivado_reports (
    id           INTEGER PRIMARY KEY,
    point        INTEGER NOT NULL REFERENCES points (id),
    imported     TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    part         TEXT NOT NULL,
    speed_grade  TEXT NOT NULL,
    design       TEXT NOT NULL,
    lut          INTEGER,
    lutram       INTEGER,
    ff           INTEGER,
    muxf7        INTEGER,
    muxf8        INTEGER,
    dsp          INTEGER,
    bram18       INTEGER,
    bram36       INTEGER,
    period_ns    REAL,
    wns_ns       REAL,
    whs_ns       REAL,
    fmax_mhz     REAL,
    path_from    TEXT,
    path_to      TEXT,
    power_mw     REAL,
    dynamic_mw   REAL,
    static_mw    REAL
) STRICT;
CREATE UNIQUE INDEX vivado_reports_once ON vivado_reports (point, tool_version, speed_grade, coalesce(period_ns, -1));
CREATE TABLE estimates (
    point    INTEGER PRIMARY KEY REFERENCES points (id),
    lut      INTEGER NOT NULL,
    lutram   INTEGER NOT NULL,
    ff       INTEGER NOT NULL,
    fmax_mhz REAL NOT NULL,
    fits     INTEGER,
    binding_resource TEXT NOT NULL
) STRICT;
CREATE VIEW results AS
SELECT p.point, s.name AS sweep, p.dataset, p.network, p.train_mode, p.epochs,
       p.scheme, p.reference, p.span, p.codec, p.rounding, p.weight_bits, p.frac_bits, p.delta_bits, p.delta_offset,
       p.engine, p.parallelism, p.multiplier, p.operator_inputs, p.dsp_lanes, p.weight_memory, p.device, r.seed,
       t.train_accuracy, t.validation_accuracy, t.test_accuracy, t.deployed_accuracy,
       1.0 * i.right / i.images AS rtl_accuracy, i.images AS rtl_images,
       p.weight_storage_bits, p.compression_ratio,
       c.cycles_per_dot, i.cycles_per_inference, i.cycles_latency, a.schedule_cycles,
       1.0 * p.weights / (p.parallelism * i.cycles_per_inference) AS cycle_efficiency,
       coalesce(c.mismatches, i.mismatches + (NOT i.schedule_agrees)) AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       o.lut AS estimated_lut, o.ff AS estimated_ff, o.fits AS estimated_fits, o.fmax_mhz AS estimated_fmax_mhz,
       t.seconds AS train_seconds,
       coalesce(c.clocks_per_second, i.clocks_per_second) AS sim_clocks_per_second,
       y.fmax_mhz, y.critical_path_ns, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.critical_path_2_ns,
       i.cycles_latency / y.fmax_mhz AS latency_us,
       1e6 * y.fmax_mhz / i.cycles_per_inference AS inferences_per_second,
       1e6 * y.fmax_mhz * coalesce(1.0 * p.operator_inputs / c.cycles_per_dot, 1.0 * p.weights / i.cycles_per_inference)
           AS macs_per_second,
       1e6 * coalesce(1.0 * p.operator_inputs / c.cycles_per_dot, 1.0 * p.weights / i.cycles_per_inference)
           AS macs_per_second_at_1mhz,
       y.power_mw, 1e-3 * y.power_mw * i.cycles_per_inference / y.fmax_mhz AS energy_uj,
       y.carry4, y.muxf7, y.muxf8, y.bram36,
       f.lut_utilisation, f.ff_utilisation, f.carry4_utilisation, f.muxf7_utilisation, f.muxf8_utilisation,
       f.dsp_utilisation, f.bram_utilisation, f.lutram_utilisation, f.weights_utilisation,
       f.weights_fit_bram, f.weights_fit_lutram,
       p.weights, p.batch, p.optimiser, p.lr, p.lr_decay, p.shuffle,
       c.vectors AS check_vectors,
       coalesce(c.lockstep_clocks_per_second, i.lockstep_clocks_per_second) AS lockstep_clocks_per_second,
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
LEFT JOIN accelerator_checks i ON i.job = r.check_job
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id
LEFT JOIN jobs jt ON jt.digest = r.train_job AND jt.state = 'done'
LEFT JOIN jobs jc ON jc.digest = r.check_job AND jc.state = 'done'
LEFT JOIN jobs jy ON jy.digest = p.synth_job AND jy.state = 'done'
ORDER BY r.id;
CREATE VIEW designs AS
WITH seeds AS (
    SELECT r.sweep, r.point, min(r.id) AS run, count(t.test_accuracy) AS n,
           avg(t.test_accuracy) AS mean, avg(t.train_accuracy) AS train_mean,
           avg(t.validation_accuracy) AS validation_mean, avg(t.deployed_accuracy) AS deployed_mean,
           max(c.cycles_per_dot) AS cycles_per_dot, max(i.cycles_per_inference) AS cycles_per_inference,
           max(i.cycles_latency) AS cycles_latency, avg(1.0 * i.right / i.images) AS rtl_mean, sum(i.images) AS images,
           sum(coalesce(c.mismatches, i.mismatches + (NOT i.schedule_agrees))) AS mismatches,
           sum(c.vectors) AS vectors,
           avg(coalesce(c.clocks_per_second, i.clocks_per_second)) AS clocks_per_second,
           avg(coalesce(c.lockstep_clocks_per_second, i.lockstep_clocks_per_second)) AS lockstep_clocks_per_second,
           avg(t.seconds) AS train_seconds
    FROM runs r
    LEFT JOIN training t ON t.job = r.train_job
    LEFT JOIN checks c ON c.job = r.check_job
    LEFT JOIN accelerator_checks i ON i.job = r.check_job
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
       p.engine, p.parallelism, p.multiplier, p.operator_inputs, p.dsp_lanes, p.weight_memory, p.device,
       d.n,
       d.mean AS test_accuracy, d.sd AS test_accuracy_sd,
       d.mean - d.t95 * d.sd / sqrt(d.n) AS test_accuracy_low,
       d.mean + d.t95 * d.sd / sqrt(d.n) AS test_accuracy_high,
       d.train_mean AS train_accuracy, d.validation_mean AS validation_accuracy, d.deployed_mean AS deployed_accuracy,
       d.rtl_mean AS rtl_accuracy, d.images AS rtl_images,
       p.weight_storage_bits, p.compression_ratio,
       d.cycles_per_dot, d.cycles_per_inference, d.cycles_latency, a.schedule_cycles,
       1.0 * p.weights / (p.parallelism * d.cycles_per_inference) AS cycle_efficiency,
       d.mismatches AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       o.lut AS estimated_lut, o.ff AS estimated_ff, o.fits AS estimated_fits, o.fmax_mhz AS estimated_fmax_mhz,
       d.train_seconds,
       d.clocks_per_second AS sim_clocks_per_second,
       y.fmax_mhz, y.critical_path_ns, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.critical_path_2_ns,
       d.cycles_latency / y.fmax_mhz AS latency_us,
       1e6 * y.fmax_mhz / d.cycles_per_inference AS inferences_per_second,
       1e6 * y.fmax_mhz * coalesce(1.0 * p.operator_inputs / d.cycles_per_dot, 1.0 * p.weights / d.cycles_per_inference)
           AS macs_per_second,
       1e6 * coalesce(1.0 * p.operator_inputs / d.cycles_per_dot, 1.0 * p.weights / d.cycles_per_inference)
           AS macs_per_second_at_1mhz,
       y.power_mw, 1e-3 * y.power_mw * d.cycles_per_inference / y.fmax_mhz AS energy_uj,
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
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id
ORDER BY d.run;
CREATE VIEW vivado AS
SELECT v.id, p.point, v.imported, v.tool_version, v.part, v.speed_grade, v.design,
       v.lut AS vivado_lut, y.lut, v.lutram AS vivado_lutram, y.lutram, v.ff AS vivado_ff, y.ff,
       v.muxf7 AS vivado_muxf7, v.muxf8 AS vivado_muxf8, v.dsp AS vivado_dsp, y.dsp,
       2 * v.bram36 + v.bram18 AS vivado_ramb18, 2 * y.bram36 + y.bram18 AS ramb18,
       v.fmax_mhz AS vivado_fmax_mhz,
       CASE v.speed_grade WHEN '-1' THEN y.fmax_mhz WHEN '-2' THEN y.fmax_2_mhz END AS fmax_mhz,
       CASE v.speed_grade WHEN '-1' THEN 1 WHEN '-2' THEN y.fmax_2_mhz / y.fmax_mhz END * y.fmax_mhz_low AS fmax_mhz_low,
       CASE v.speed_grade WHEN '-1' THEN 1 WHEN '-2' THEN y.fmax_2_mhz / y.fmax_mhz END * y.fmax_mhz_high AS fmax_mhz_high,
       v.period_ns, v.wns_ns, v.whs_ns, 1000 / v.period_ns AS vivado_clock_mhz, v.path_from, v.path_to,
       v.power_mw AS vivado_power_mw, v.dynamic_mw AS vivado_dynamic_mw, v.static_mw AS vivado_static_mw
FROM vivado_reports v
JOIN points p ON p.id = v.point
LEFT JOIN syntheses y ON y.job = p.synth_job
ORDER BY v.id;
