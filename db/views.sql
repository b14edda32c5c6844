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
-- MATERIALIZED: else SQLite would compute `half` in each place that uses it, for each point. GROUP BY on the outermost level:
-- else it would look through all trainings for each point of a query that has an ORDER BY.
WITH trained AS MATERIALIZED (
    SELECT training, count(test_accuracy) AS n,
           sqrt(sum((test_accuracy - mean) * (test_accuracy - mean)) / nullif(count(test_accuracy) - 1, 0)) AS sd,
           (SELECT q.t95 FROM t_quantiles q WHERE q.df <= seeds - 1 ORDER BY q.df DESC LIMIT 1) *
           sqrt(sum((test_accuracy - mean) * (test_accuracy - mean)) / nullif(count(test_accuracy) - 1, 0)) / sqrt(seeds) AS half{trained}
    FROM (
        SELECT *, avg(test_accuracy) OVER (PARTITION BY training) AS mean,
               count(test_accuracy) OVER (PARTITION BY training) AS seeds
        FROM trainings
    )
    GROUP BY training
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
)
SELECT {designs}
FROM points p
LEFT JOIN trained g ON g.training = coalesce(p.training, p.point)
LEFT JOIN checked h ON h.checked = p.id
LEFT JOIN accelerators a ON a.point = p.id
LEFT JOIN builds b ON b.job = p.build_job
LEFT JOIN syntheses y ON y.job = p.synth_job
LEFT JOIN fits f ON f.point = p.id
LEFT JOIN estimates o ON o.point = p.id
WHERE EXISTS (SELECT 1 FROM runs r WHERE r.point = p.id);

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
WITH described (name, kind, unit, better, title, description, in_designs, in_trainings, in_results, in_curves,
                in_published) AS (
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
SELECT 'published', name, kind, unit, better, title, description FROM described WHERE in_published
UNION ALL
SELECT 'vivado', name, kind, unit, better, title, description FROM described
WHERE name IN ('point', 'lut', 'lutram', 'ff', 'dsp', 'fmax_mhz', 'fmax_mhz_low', 'fmax_mhz_high')
UNION ALL
SELECT 'vivado', 'vivado_' || name, kind, unit, better, title || ', Vivado', 'as ' || name || ', as Vivado reports it'
FROM described WHERE name IN ('lut', 'lutram', 'ff', 'muxf7', 'muxf8', 'dsp', 'fmax_mhz')
UNION ALL
VALUES ('learning_curves', 'epoch', 'name', '', NULL, 'epoch', 'the first is 1'),
       ('learning_curves', 'loss', 'result', 'nat', 'less', 'training loss', 'mean cross-entropy over the epoch'),
       ('learning_curves', 'train_accuracy', 'result', 'fraction', 'more', 'training accuracy', 'over the epoch'),
       ('learning_curves', 'validation_accuracy', 'result', 'fraction', 'more', 'validation accuracy', 'after the epoch'),
       ('learning_curves', 'test_accuracy', 'result', 'fraction', 'more', 'test accuracy', 'after the epoch'),
       ('learning_curves', 'seconds', 'result', 's', 'less', 'time of the epoch', 'wall clock of the epoch'),
       ('published', 'name', 'name', NULL, NULL, 'name', 'of the published design'),
       ('published', 'source', 'name', NULL, NULL, 'source', 'where it was published'),
       ('published', 'note', 'origin', NULL, NULL, 'note', 'what its file says of it'),
       ('vivado', 'id', 'name', NULL, NULL, 'number', 'of the report'),
       ('vivado', 'imported', 'origin', NULL, NULL, 'imported', 'when'),
       ('vivado', 'tool_version', 'origin', NULL, NULL, 'version', 'of Vivado'),
       ('vivado', 'part', 'name', NULL, NULL, 'part', 'as the reports spell it'),
       ('vivado', 'speed_grade', 'name', NULL, NULL, 'speed grade', 'of the part; empty if no report says'),
       ('vivado', 'design', 'name', NULL, NULL, 'design', 'the top module'),
       ('vivado', 'vivado_ramb18', 'result', '', 'less', 'RAMB18, Vivado', 'a RAMB36 is two'),
       ('vivado', 'ramb18', 'result', '', 'less', 'RAMB18', 'a RAMB36 is two'),
       ('vivado', 'period_ns', 'axis', 'ns', NULL, 'period asked for', 'of the clock'),
       ('vivado', 'wns_ns', 'result', 'ns', 'more', 'worst set-up slack', 'below 0 the clock is too fast'),
       ('vivado', 'whs_ns', 'result', 'ns', 'more', 'worst hold slack', 'below 0 the design does not work'),
       ('vivado', 'wpws_ns', 'result', 'ns', 'more', 'worst pulse width slack', 'below 0 the clock is too fast'),
       ('vivado', 'reported', 'origin', NULL, NULL, 'reported', 'when Vivado wrote the newest of its reports'),
       ('vivado', 'vivado_clock_mhz', 'axis', 'MHz', NULL, 'clock asked for', '1000 / period_ns'),
       ('vivado', 'path_from', 'result', NULL, NULL, 'path from', 'first pin of the worst path'),
       ('vivado', 'path_to', 'result', NULL, NULL, 'path to', 'last pin of the worst path'),
       ('vivado', 'vivado_power_mw', 'result', 'mW', 'less', 'power, Vivado', 'on the chip, at the clock asked for'),
       ('vivado', 'vivado_dynamic_mw', 'result', 'mW', 'less', 'dynamic power, Vivado', 'part of vivado_power_mw'),
       ('vivado', 'vivado_static_mw', 'result', 'mW', 'less', 'static power, Vivado', 'part of vivado_power_mw'),
       ('search_progress', 'sweep', 'name', NULL, NULL, 'sweep', 'name of the sweep that searches'),
       ('search_progress', 'method', 'axis', NULL, NULL, 'method', 'of the search'),
       ('search_progress', 'seed', 'axis', '', NULL, 'seed', 'of what the method draws'),
       ('search_progress', 'objectives', 'axis', NULL, NULL, 'objectives', 'each with max or min'),
       ('search_progress', 'combinations', 'axis', '', NULL, 'combinations', 'of the values of all axes'),
       ('search_progress', 'round', 'name', '', NULL, 'round', 'the first is 1'),
       ('search_progress', 'purchases', 'result', '', NULL, 'purchases', 'so far, also those that cost nothing'),
       ('search_progress', 'points', 'result', '', 'less', 'points', 'charged to the budget so far'),
       ('search_progress', 'trainings', 'result', '', 'less', 'trainings', 'the same; a rung counts by its epochs'),
       ('search_progress', 'hours', 'result', 'h', 'less', 'hours', 'the same, on one core'),
       ('search_progress', 'front', 'result', '', NULL, 'points on the front', 'trained ones that no other beats'),
       ('search_progress', 'hypervolume', 'result', 'fraction', 'more', 'hypervolume',
        'share of the box between the best and the worst of all objectives that the front covers'),
       ('search_progress', 'budget_points', 'axis', '', NULL, 'budget of points', 'NULL: no such bound'),
       ('search_progress', 'budget_trainings', 'axis', '', NULL, 'budget of trainings', 'NULL: no such bound'),
       ('search_progress', 'budget_hours', 'axis', 'h', NULL, 'budget of hours', 'NULL: no such bound'),
       ('search_progress', 'ended', 'origin', NULL, NULL, 'ended', 'when; NULL: it was stopped, or runs');
