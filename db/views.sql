DROP VIEW IF EXISTS vivado;
DROP VIEW IF EXISTS designs;
DROP VIEW IF EXISTS results;
-- What people query. db/views.c puts the columns in the place of the words in braces, from the
-- rows of db/columns.c.

-- One row per sweep, point and seed.
CREATE VIEW results AS
SELECT {results}
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

-- One row per sweep and point: accuracies over the seeds that are done. The interval is
-- Student's t at 95 %; with one seed there is none (NULL).
CREATE VIEW designs AS
WITH seeds AS (
    SELECT r.sweep, r.point, min(r.id) AS run, count(t.test_accuracy) AS n{seeds}
    FROM runs r
    LEFT JOIN training t ON t.job = r.train_job
    LEFT JOIN checks c ON c.job = r.check_job
    LEFT JOIN accelerator_checks i ON i.job = r.check_job
    GROUP BY r.sweep, r.point
), spread AS (
    SELECT d.*,
           (SELECT sqrt(sum((t.test_accuracy - d.test_accuracy) * (t.test_accuracy - d.test_accuracy)) / (d.n - 1))
            FROM runs r JOIN training t ON t.job = r.train_job
            WHERE d.n > 1 AND r.sweep = d.sweep AND r.point = d.point) AS sd,
           (SELECT q.t95 FROM t_quantiles q WHERE q.df <= d.n - 1 ORDER BY q.df DESC LIMIT 1) AS t95
    FROM seeds d
)
SELECT {designs}
FROM spread d
JOIN sweeps s ON s.id = d.sweep
JOIN points p ON p.id = d.point
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id
ORDER BY d.run;

-- One row per imported report of Vivado, beside our estimate of the point (of the clock: at the report's speed grade).
CREATE VIEW vivado AS
SELECT v.id, p.point, v.imported, v.tool_version, v.part, v.speed_grade, v.design,
       v.lut AS vivado_lut, y.lut, v.lutram AS vivado_lutram, y.lutram, v.ff AS vivado_ff, y.ff,
       v.muxf7 AS vivado_muxf7, v.muxf8 AS vivado_muxf8, v.dsp AS vivado_dsp, y.dsp,
       2 * v.bram36 + v.bram18 AS vivado_ramb18, 2 * y.bram36 + y.bram18 AS ramb18, -- RAMB18, a RAMB36 being two
       v.fmax_mhz AS vivado_fmax_mhz,
       CASE v.speed_grade WHEN '-1' THEN y.fmax_mhz WHEN '-2' THEN y.fmax_2_mhz END AS fmax_mhz,
       CASE v.speed_grade WHEN '-1' THEN 1 WHEN '-2' THEN y.fmax_2_mhz / y.fmax_mhz END * y.fmax_mhz_low AS fmax_mhz_low,
       CASE v.speed_grade WHEN '-1' THEN 1 WHEN '-2' THEN y.fmax_2_mhz / y.fmax_mhz END * y.fmax_mhz_high AS fmax_mhz_high,
       v.period_ns, v.wns_ns, v.whs_ns, v.wpws_ns, 1000 / v.period_ns AS vivado_clock_mhz, v.path_from, v.path_to,
       v.power_mw AS vivado_power_mw, v.dynamic_mw AS vivado_dynamic_mw, v.static_mw AS vivado_static_mw
FROM vivado_reports v
JOIN points p ON p.id = v.point
LEFT JOIN syntheses y ON y.job = p.synth_job
ORDER BY v.id;
