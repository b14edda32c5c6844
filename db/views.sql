DROP VIEW IF EXISTS vivado;
DROP VIEW IF EXISTS designs;
DROP VIEW IF EXISTS results;
-- What people query. A column has the unit of the table's column of the same name.

-- One row per sweep, point and seed.
CREATE VIEW results AS
SELECT p.point, s.name AS sweep, p.dataset, p.network, p.train_mode, p.epochs,
       p.scheme, p.reference, p.span, p.bucket, p.codec, p.rounding, p.step, p.weight_bits, p.frac_bits,
       p.frac_bits_layers, p.delta_bits, p.delta_bits_layers, p.delta_offset, p.delta_offset_layers,
       p.engine, p.parallelism, p.multiplier, p.operator_inputs, p.dsp_lanes, p.weight_memory, p.device, r.seed,
       t.train_accuracy, t.validation_accuracy, t.test_accuracy, t.deployed_accuracy, t.best_epoch,
       t.code_entropy_bits, t.layer_formats,
       1.0 * i.right / i.images AS rtl_accuracy, i.images AS rtl_images,
       p.weight_storage_bits, p.compression_ratio,
       c.cycles_per_dot, i.cycles_per_inference, i.cycles_latency, a.schedule_cycles,
       1.0 * p.weights / (p.parallelism * i.cycles_per_inference) AS cycle_efficiency, -- MACs / (P · cycles)
       coalesce(c.mismatches, i.mismatches + (NOT i.schedule_agrees)) AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       o.lut AS estimated_lut, o.ff AS estimated_ff, o.fits AS estimated_fits, o.fmax_mhz AS estimated_fmax_mhz,
       t.seconds AS train_seconds,
       coalesce(c.clocks_per_second, i.clocks_per_second) AS sim_clocks_per_second,
       -- The rest: speed, utilisation, how it was made.
       y.fmax_mhz, y.critical_path_ns, y.fmax_mhz_low, y.fmax_mhz_high, y.fmax_2_mhz, y.critical_path_2_ns,
       i.cycles_latency / y.fmax_mhz AS latency_us,
       1e6 * y.fmax_mhz / i.cycles_per_inference AS inferences_per_second,
       -- 1/s: inputs of a dot product, or weights of the network, over their clocks; and the same at 1 MHz.
       1e6 * y.fmax_mhz * coalesce(1.0 * p.operator_inputs / c.cycles_per_dot, 1.0 * p.weights / i.cycles_per_inference)
           AS macs_per_second,
       1e6 * coalesce(1.0 * p.operator_inputs / c.cycles_per_dot, 1.0 * p.weights / i.cycles_per_inference)
           AS macs_per_second_at_1mhz,
       y.power_mw, 1e-3 * y.power_mw * i.cycles_per_inference / y.fmax_mhz AS energy_uj,
       y.carry4, y.muxf7, y.muxf8, y.bram36,
       f.lut_utilisation, f.ff_utilisation, f.carry4_utilisation, f.muxf7_utilisation, f.muxf8_utilisation,
       f.dsp_utilisation, f.bram_utilisation, f.lutram_utilisation, f.weights_utilisation,
       f.weights_fit_bram, f.weights_fit_lutram, f.weights_fit,
       p.weights, p.macs, p.batch, p.optimiser, p.lr, p.lr_decay, p.warmup, p.weight_decay, p.smoothing,
       p.clamp_gradient, p.average,
       p.patience, p.shuffle, p.mirror, p.gradients, p.loaded,
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

-- One row per sweep and point: accuracies over the seeds that are done. The interval is
-- Student's t at 95 %; with one seed there is none (NULL).
CREATE VIEW designs AS
WITH seeds AS (
    SELECT r.sweep, r.point, min(r.id) AS run, count(t.test_accuracy) AS n,
           avg(t.test_accuracy) AS mean, avg(t.train_accuracy) AS train_mean,
           avg(t.validation_accuracy) AS validation_mean, avg(t.deployed_accuracy) AS deployed_mean,
           avg(t.best_epoch) AS best_epoch, avg(t.code_entropy_bits) AS code_entropy_bits,
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
       p.scheme, p.reference, p.span, p.bucket, p.codec, p.rounding, p.step, p.weight_bits, p.frac_bits,
       p.frac_bits_layers, p.delta_bits, p.delta_bits_layers, p.delta_offset, p.delta_offset_layers,
       p.engine, p.parallelism, p.multiplier, p.operator_inputs, p.dsp_lanes, p.weight_memory, p.device,
       d.n,                                                             -- seeds done
       d.mean AS test_accuracy, d.sd AS test_accuracy_sd,               -- fraction: mean and standard deviation
       d.mean - d.t95 * d.sd / sqrt(d.n) AS test_accuracy_low,
       d.mean + d.t95 * d.sd / sqrt(d.n) AS test_accuracy_high,
       d.train_mean AS train_accuracy, d.validation_mean AS validation_accuracy, d.deployed_mean AS deployed_accuracy,
       d.best_epoch, d.code_entropy_bits,
       d.rtl_mean AS rtl_accuracy, d.images AS rtl_images,
       p.weight_storage_bits, p.compression_ratio,
       d.cycles_per_dot, d.cycles_per_inference, d.cycles_latency, a.schedule_cycles,
       1.0 * p.weights / (p.parallelism * d.cycles_per_inference) AS cycle_efficiency,
       d.mismatches AS rtl_mismatches,
       y.lut, y.ff, y.dsp, y.bram18, y.lutram,
       f.fits, f.binding_resource,
       o.lut AS estimated_lut, o.ff AS estimated_ff, o.fits AS estimated_fits, o.fmax_mhz AS estimated_fmax_mhz,
       d.train_seconds,                                                 -- s, mean
       d.clocks_per_second AS sim_clocks_per_second,                    -- 1/s, mean
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
       f.weights_fit_bram, f.weights_fit_lutram, f.weights_fit,
       p.weights, p.macs, p.batch, p.optimiser, p.lr, p.lr_decay, p.warmup, p.weight_decay, p.smoothing,
       p.clamp_gradient, p.average,
       p.patience, p.shuffle, p.mirror, p.gradients, p.loaded,
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
       v.period_ns, v.wns_ns, v.whs_ns, 1000 / v.period_ns AS vivado_clock_mhz, v.path_from, v.path_to,
       v.power_mw AS vivado_power_mw, v.dynamic_mw AS vivado_dynamic_mw, v.static_mw AS vivado_static_mw
FROM vivado_reports v
JOIN points p ON p.id = v.point
LEFT JOIN syntheses y ON y.job = p.synth_job
ORDER BY v.id;
