-- 20,000 made-up designs: 20 networks, 25 codes, 4 learning rates, 10 numbers of multipliers; 2,000 trainings of 3 seeds and
-- 10 epochs. Figures follow formulas with pseudo-random noise.
PRAGMA journal_mode = OFF;
BEGIN;
INSERT INTO sweeps (id, name, file, content, created, updated)
VALUES (1, 'many', 'many.yaml', 'name: many', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999) SELECT i FROM n;
CREATE TEMP TABLE made AS
SELECT i + 1 AS id, i % 10 AS hardware, i / 10 AS trained, i / 10 % 25 AS code, i / 250 % 20 AS network, i / 5000 AS rate,
       (i / 10 * 7919 + 104729) % 10007 / 10007.0 AS noise
FROM numbers;
INSERT INTO points (id, digest, point, dataset, network, train_mode, epochs, batch, optimiser, lr, lr_decay, shuffle, scheme,
                    reference, span, codec, rounding, weight_bits, frac_bits, delta_bits, delta_offset, parallelism, multiplier,
                    operator_inputs, device, weights, weight_storage_bits, compression_ratio, engine, training, synth_job)
SELECT id, printf('%010x%054x', (id * 2654435761) % 1099511627776, id), printf('p%010x', (id * 2654435761) % 1099511627776),
       'fashion-mnist', printf('784-%d-%d-10', 32 + 16 * (network % 5), 16 + 16 * (network / 5)), 'standard', 10, 512, 'adam',
       0.001 * (1 << rate), 'cosine', 1, iif(code < 8, 'fixed-point', iif(code < 17, 'fixed-reference', 'consecutive')),
       iif(code BETWEEN 8 AND 16, 'mean', NULL), iif(code < 8, NULL, 'row'), iif(code < 8, NULL, 'exact'), 'nearest',
       iif(code < 8, code + 1, 8), iif(code < 8, code, 5), iif(code < 8, NULL, 1 + (code - 8) % 9), iif(code < 8, NULL, 0),
       1 + hardware * 3, 'dsp', 784, 'xc7s15', weights, weights * bits + 1000, 8.0 / bits, 'operator',
       printf('t%d', trained), printf('s%d-%d', code, hardware)
FROM (SELECT *, iif(code < 8, code + 1, 1 + (code - 8) % 9) AS bits,
             784 * (32 + 16 * (network % 5)) + (32 + 16 * (network % 5)) * (16 + 16 * (network / 5)) + 10 * (16 + 16 * (network / 5)) AS weights
      FROM made);
CREATE TEMP TABLE seeds (seed); INSERT INTO seeds VALUES (0), (1), (2);
INSERT INTO jobs (digest, kind, state, label, completions, attempts, seconds, git_revision, tools, host, finished)
SELECT DISTINCT printf('t%d-%d', trained, seed), 'train', 'done', 'made up', 1, 1, 2.0, '0123456789ab', 'made up', 'here', '2026-01-01T00:00:00Z'
FROM made, seeds;
INSERT INTO training (job, train_accuracy, validation_accuracy, test_accuracy, seconds, network, test_images)
SELECT DISTINCT job, accuracy + 0.02, accuracy + 0.004, round(accuracy, 4), 1.5, x'00', 10000
FROM (SELECT printf('t%d-%d', trained, seed) AS job, 0.895 - 0.5 / (2 + code % 9) / (2 + network) - 0.02 * rate + 0.01 * noise + 0.001 * seed AS accuracy
      FROM made, seeds);
CREATE TEMP TABLE steps AS SELECT i + 1 AS epoch FROM numbers LIMIT 10;
INSERT INTO epochs (job, epoch, loss, train_accuracy, validation_accuracy, test_accuracy, seconds)
SELECT job, epoch, 0.9 / epoch, train_accuracy - 0.2 / epoch, validation_accuracy - 0.2 / epoch, NULL, 0.5 FROM training, steps;
INSERT INTO jobs (digest, kind, state, label, completions, attempts, seconds, git_revision, tools, host, finished)
SELECT DISTINCT synth_job, 'synth', 'done', 'made up', 1, 1, 3.0, '0123456789ab', 'Yosys', 'here', '2026-01-01T00:00:00Z' FROM points;
INSERT INTO syntheses (job, lut, lutram, ff, carry4, muxf7, muxf8, dsp, bram18, bram36, critical_path_ns, fmax_mhz, seconds)
SELECT DISTINCT synth_job, 180 + 60 * parallelism + 9 * coalesce(delta_bits, weight_bits), 0, 120 + 30 * parallelism,
       20 + 4 * parallelism, 8, 0, parallelism, 0, 0, 5.0 + 0.05 * parallelism, 1000 / (5.0 + 0.05 * parallelism), 30.0 FROM points;
INSERT INTO fits (point, logic_known, fits, weights_fit_bram, weights_fit_lutram, lut_utilisation, ff_utilisation,
                  carry4_utilisation, muxf7_utilisation, muxf8_utilisation, dsp_utilisation, bram_utilisation,
                  lutram_utilisation, weights_utilisation, binding_resource, weights_fit)
SELECT p.id, 1, p.weight_storage_bits <= 368640 AND y.dsp <= 20, p.weight_storage_bits <= 368640, p.weight_storage_bits <= 147456,
       y.lut / 8000.0, y.ff / 16000.0, y.carry4 / 2000.0, y.muxf7 / 4000.0, 0.0, y.dsp / 20.0, 0.0, 0.0,
       p.weight_storage_bits / 368640.0, iif(p.weight_storage_bits / 368640.0 > y.dsp / 20.0, 'weights', 'dsp'), 1
FROM points p JOIN syntheses y ON y.job = p.synth_job;
INSERT INTO runs (sweep, point, seed, train_job, created)
SELECT 1, id, seed, printf('t%d-%d', trained, seed), '2026-01-01T00:00:00Z' FROM made, seeds;
COMMIT;
