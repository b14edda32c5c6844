DROP VIEW IF EXISTS search_progress;
DROP VIEW IF EXISTS columns;
DROP VIEW IF EXISTS published;
DROP VIEW IF EXISTS learning_curves;
DROP VIEW IF EXISTS vivado;
DROP VIEW IF EXISTS designs;
DROP VIEW IF EXISTS trainings;
DROP VIEW IF EXISTS training_jobs;
DROP VIEW IF EXISTS results;
-- What people query. db/views.c puts the columns in the place of the words in braces, from the
-- rows of db/columns.c.

-- One row per sweep, point and seed: what each sweep asked for. Points that share a training repeat it.
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

-- The job of each training and seed that counts. Of two (the data changed, or the program) it is the newer one. A point
-- without a training name stands for itself.
CREATE VIEW training_jobs AS
SELECT o.*, max(coalesce(j.finished, '')) AS finished
FROM (
    SELECT coalesce(p.training, p.point) AS training, r.seed, r.train_job AS job, min(r.id) AS run, min(p.id) AS point,
           min(r.created) AS created
    FROM runs r
    JOIN points p ON p.id = r.point
    WHERE r.train_job IS NOT NULL
    GROUP BY 1, 2, 3
) o
JOIN training t ON t.job = o.job
LEFT JOIN jobs j ON j.digest = o.job
GROUP BY o.training, o.seed;

-- One row per training and seed, however many points and sweeps have it.
CREATE VIEW trainings AS
SELECT {trainings}
FROM training_jobs r
JOIN points p ON p.id = r.point
JOIN training t ON t.job = r.job
ORDER BY r.run;

-- One row per point, whichever sweeps asked for it, in the order of the points. It has no ORDER BY: SQLite would compute all
-- columns of a view that has one, whichever are asked for. Accuracies are those of its training over all seeds, also where
-- other hardware of the same network was trained. What simulation counted is the newest check of each seed.
CREATE VIEW designs AS
WITH asked AS (
    SELECT point, min(id) AS run FROM runs GROUP BY point
), trained AS MATERIALIZED ( -- else SQLite would compute `half` in each place that uses it, for each point
    SELECT *, (SELECT q.t95 FROM t_quantiles q WHERE q.df <= n - 1 ORDER BY q.df DESC LIMIT 1) * sd / sqrt(n) AS half
    FROM (
        SELECT training, count(test_accuracy) AS n,
               sqrt(sum((test_accuracy - mean) * (test_accuracy - mean)) / nullif(count(test_accuracy) - 1, 0)) AS sd{trained}
        FROM (SELECT *, avg(test_accuracy) OVER (PARTITION BY training) AS mean FROM trainings)
        GROUP BY training
    )
), checks_of AS (
    SELECT r.point, r.seed, r.check_job AS job, max(coalesce(j.finished, '')) AS finished
    FROM runs r
    JOIN jobs j ON j.digest = r.check_job AND j.state = 'done'
    GROUP BY r.point, r.seed
), checked AS (
    SELECT r.point AS checked{checked}
    FROM checks_of r
    LEFT JOIN checks c ON c.job = r.job
    LEFT JOIN accelerator_checks i ON i.job = r.job
    GROUP BY r.point
), seeds AS (
    SELECT k.point, k.run, g.*, h.*
    FROM asked k
    JOIN points p ON p.id = k.point
    LEFT JOIN trained g ON g.training = coalesce(p.training, p.point)
    LEFT JOIN checked h ON h.checked = k.point
)
SELECT {designs}
FROM seeds d
JOIN points p ON p.id = d.point
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id;

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
       v.period_ns, v.wns_ns, v.whs_ns, v.wpws_ns, v.reported, 1000 / v.period_ns AS vivado_clock_mhz, v.path_from, v.path_to,
       v.power_mw AS vivado_power_mw, v.dynamic_mw AS vivado_dynamic_mw, v.static_mw AS vivado_static_mw
FROM vivado_reports v
JOIN points p ON p.id = v.point
LEFT JOIN syntheses y ON y.job = p.synth_job
ORDER BY v.id;

-- One row per training, seed and epoch.
CREATE VIEW learning_curves AS
SELECT {curves},
       e.epoch, e.loss, e.train_accuracy, e.validation_accuracy, e.test_accuracy, e.seconds
FROM training_jobs j
JOIN trainings t ON t.training = j.training AND t.seed = j.seed
JOIN epochs e ON e.job = j.job
ORDER BY j.run, e.epoch;

-- One row per published point (`deltasweep import-points`).
CREATE VIEW published AS
SELECT v.name, v.source, max(CASE v.column_name WHEN 'note' THEN v.value END) AS note, {published}
FROM published_values v
GROUP BY v.source, v.name
ORDER BY v.source, v.name;

-- One row per round of a search (docs/search.md).
CREATE VIEW search_progress AS
SELECT s.name AS sweep, q.method, q.seed, q.objectives, q.combinations, r.round, r.purchases, r.points, r.trainings, r.hours,
       r.front, r.hypervolume, q.budget_points, q.budget_trainings, q.budget_hours, q.ended
FROM search_rounds r
JOIN searches q ON q.id = r.search
JOIN sweeps s ON s.id = q.sweep
ORDER BY q.id, r.round;
-- One row per column of these views, for programs that show the database to people: unit '' is a count, NULL is no number.
CREATE VIEW columns AS
WITH described (name, kind, unit, better, title, description, in_designs, in_trainings, in_results, in_curves) AS (
VALUES {columns}
)
SELECT 'designs' AS view, name AS "column", kind, unit, better, title, description FROM described WHERE in_designs
UNION ALL
SELECT 'trainings', name, kind, unit, better, title, description FROM described WHERE in_trainings
UNION ALL
SELECT 'results', name, kind, unit, better, title, description FROM described WHERE in_results
UNION ALL
SELECT 'learning_curves', name, kind, unit, better, title, description FROM described WHERE in_curves
UNION ALL
VALUES ('learning_curves', 'epoch', 'name', '', NULL, 'epoch', 'the first is 1'),
       ('learning_curves', 'loss', 'result', 'nat', 'less', 'training loss', 'mean cross-entropy over the epoch'),
       ('learning_curves', 'train_accuracy', 'result', 'fraction', 'more', 'training accuracy', 'over the epoch'),
       ('learning_curves', 'validation_accuracy', 'result', 'fraction', 'more', 'validation accuracy', 'after the epoch'),
       ('learning_curves', 'test_accuracy', 'result', 'fraction', 'more', 'test accuracy', 'after the epoch'),
       ('learning_curves', 'seconds', 'result', 's', 'less', 'time of the epoch', 'wall clock of the epoch');
