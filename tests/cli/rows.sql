-- Made-up rows in the real schema for the tests of query, pareto, plot and show. The
-- figures follow simple formulas so that the tests know which design beats which.
BEGIN;
INSERT INTO sweeps (id, name, file, content, created, updated) VALUES
    (1, 'made-up', 'made-up.yaml', 'name: made-up', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
    (2, 'odd', 'odd.yaml', 'name: odd', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');

CREATE TEMP TABLE networks (network TEXT, weights INTEGER);
INSERT INTO networks VALUES ('784-32-10', 25408), ('784-96-64-10', 82048), ('784-200-100-10', 177800);
CREATE TEMP TABLE codes (scheme TEXT, bits INTEGER, loss REAL);
INSERT INTO codes VALUES ('fixed-point', 8, 0.001), ('fixed-point', 4, 0.012), ('fixed-point', 2, 0.090),
    ('fixed-reference', 4, 0.004), ('fixed-reference', 3, 0.010), ('fixed-reference', 2, 0.024),
    ('consecutive', 4, 0.003), ('consecutive', 3, 0.014), ('consecutive', 2, 0.051);
CREATE TEMP TABLE operators (P INTEGER);
INSERT INTO operators VALUES (1), (4), (8);

INSERT INTO points (digest, point, dataset, network, train_mode, epochs, batch, optimiser, lr, lr_decay, shuffle,
                    scheme, reference, span, codec, rounding, weight_bits, frac_bits, delta_bits, delta_offset,
                    parallelism, multiplier, operator_inputs, device, weights, weight_storage_bits, compression_ratio)
SELECT printf('%04x%06x%054x', (row * 40503) % 65536, row, row), printf('p%04x%06x', (row * 40503) % 65536, row), 'fashion-mnist', network, 'standard', 3, 512,
       'adam', 0.001, 'none', 1, scheme,
       iif(scheme = 'fixed-reference', 'mean', NULL), iif(scheme = 'fixed-point', NULL, 'row'),
       iif(scheme = 'fixed-point', NULL, 'exact'), 'nearest',
       iif(scheme = 'fixed-point', bits, 8), iif(scheme = 'fixed-point', bits - 1, 5),
       iif(scheme = 'fixed-point', NULL, bits), iif(scheme = 'fixed-point', NULL, 0),
       P, 'dsp', 152, 'xc7s15', weights, weights * bits + iif(scheme = 'fixed-point', 0, 2048),
       1.0 * weights * iif(scheme = 'fixed-point', bits, 8) / (weights * bits + iif(scheme = 'fixed-point', 0, 2048))
FROM (SELECT *, row_number() OVER (ORDER BY weights, scheme, bits, P) AS row FROM networks, codes, operators);

-- Training depends on network, code and seed, not on P: one job for the three points.
CREATE TEMP TABLE trained AS
SELECT printf('t%s-%s-%d-%d', network, scheme, bits, seed) AS job, network, scheme, bits, seed,
       0.895 - 800.0 / weights - loss + ((bits * 7 + seed * 13 + weights) % 11 - 5) * 0.0006 AS accuracy
FROM networks, codes, (SELECT 0 AS seed UNION SELECT 1 UNION SELECT 2);
INSERT INTO jobs (digest, kind, state, label, completions, attempts, seconds, git_revision, tools)
SELECT job, 'train', 'done', 'made up', 1, 1, 2.0, '0123456789ab', 'made up' FROM trained;
INSERT INTO training (job, train_accuracy, validation_accuracy, test_accuracy, seconds, network)
SELECT job, accuracy + 0.02, accuracy + 0.004, accuracy, 1.5, x'00' FROM trained;
INSERT INTO epochs (job, epoch, loss, train_accuracy, validation_accuracy, test_accuracy, seconds)
SELECT job, epoch, 0.9 / epoch, accuracy - 0.05 + 0.02 * epoch, accuracy - 0.02 + 0.008 * epoch, NULL, 0.5
FROM trained, (SELECT 1 AS epoch UNION SELECT 2 UNION SELECT 3);

-- The simulator and the synthesis depend on the operator.
INSERT INTO jobs (digest, kind, state, label, completions, attempts, seconds, git_revision, tools, rtl_digest)
SELECT DISTINCT kind || scheme || coalesce(delta_bits, weight_bits) || '-' || parallelism, kind, 'done', 'made up', 1, 1, 3.0,
       '0123456789ab', 'made up', printf('%064x', 77)
FROM points, (SELECT 'build' AS kind UNION SELECT 'check' UNION SELECT 'synth');
INSERT INTO builds (job, seconds) SELECT digest, 2.5 FROM jobs WHERE kind = 'build';
INSERT INTO checks (job, vectors, trained_vectors, mismatches, cycles_per_dot, clocks, lockstep_clocks, clocks_per_second,
                    lockstep_clocks_per_second)
SELECT DISTINCT 'check' || scheme || coalesce(delta_bits, weight_bits) || '-' || parallelism, 400, 100, 0,
       152 / parallelism + 2, 400 * (152 / parallelism + 2), 5000, 1.5e6, 4.0e5 FROM points;
INSERT INTO syntheses (job, lut, lutram, ff, carry4, muxf7, muxf8, dsp, bram18, bram36, critical_path_ns, fmax_mhz, path_from,
                       path_to, seconds)
SELECT DISTINCT 'synth' || scheme || coalesce(delta_bits, weight_bits) || '-' || parallelism,
       180 + 60 * parallelism + 9 * coalesce(delta_bits, weight_bits), 0, 120 + 30 * parallelism, 20 + 4 * parallelism, 8, 0,
       parallelism, 0, 0, 7.0 + 0.25 * parallelism, 1000 / (7.0 + 0.25 * parallelism), 'count_q[0]', 'sum_q[15]', 30.0
FROM points;
UPDATE points SET build_job = 'build' || scheme || coalesce(delta_bits, weight_bits) || '-' || parallelism,
                  synth_job = 'synth' || scheme || coalesce(delta_bits, weight_bits) || '-' || parallelism;
INSERT INTO fits (point, logic_known, fits, weights_fit_bram, weights_fit_lutram, lut_utilisation, ff_utilisation,
                  carry4_utilisation, muxf7_utilisation, muxf8_utilisation, dsp_utilisation, bram_utilisation,
                  lutram_utilisation, weights_utilisation, binding_resource, weights_fit)
SELECT p.id, 1, p.weight_storage_bits <= 368640, p.weight_storage_bits <= 368640, p.weight_storage_bits <= 147456,
       y.lut / 8000.0, y.ff / 16000.0, y.carry4 / 2000.0, y.muxf7 / 4000.0, 0.0, y.dsp / 20.0, 0.0, 0.0,
       p.weight_storage_bits / 368640.0, iif(p.weight_storage_bits / 368640.0 > y.dsp / 20.0, 'weights', 'dsp'),
       p.weight_storage_bits <= 368640 + 153600
FROM points p JOIN syntheses y ON y.job = p.synth_job;

INSERT INTO runs (sweep, point, seed, train_job, check_job, created)
SELECT 1, p.id, t.seed, t.job, 'check' || p.scheme || coalesce(p.delta_bits, p.weight_bits) || '-' || p.parallelism,
       '2026-01-01T00:00:00Z'
FROM points p JOIN trained t ON t.network = p.network AND t.scheme = p.scheme
                            AND t.bits = coalesce(p.delta_bits, p.weight_bits);

-- Two points that are not like the others: float (no operator), and one that was never
-- trained, with a data set whose name is a trap for terminals, CSV and gnuplot.
INSERT INTO points (digest, point, dataset, network, train_mode, epochs, batch, optimiser, lr, lr_decay, shuffle, scheme,
                    device, weights, weight_storage_bits, compression_ratio)
VALUES ('f10a700001' || printf('%054x', 1), 'pf10a700001', 'fashion-mnist', '784-96-64-10', 'standard', 3, 512, 'adam', 0.001, 'none', 1,
        'float', 'xc7s15', 82048, 82048 * 32, 1.0),
       ('f10a700002' || printf('%054x', 2), 'pf10a700002', 'it''s "x", `touch INJECTED`' || char(10, 27) || '[31m; system "touch INJECTED" {/*9 é',
        '784-32-10', 'standard', 3, 512, 'adam', 0.001, 'none', 1, 'float', 'xc7s15', 25408, 25408 * 32, 1.0);
INSERT INTO jobs (digest, kind, state, label, completions, attempts, seconds, git_revision, tools)
VALUES ('float-0', 'train', 'done', 'made up', 1, 1, 2.0, '0123456789ab', 'made up');
INSERT INTO training (job, train_accuracy, validation_accuracy, test_accuracy, seconds, network)
VALUES ('float-0', 0.91, 0.89, 0.888, 1.5, x'00');
INSERT INTO runs (sweep, point, seed, train_job, created)
SELECT 2, id, 0, iif(point = 'pf10a700001', 'float-0', NULL), '2026-01-01T00:00:00Z' FROM points WHERE point LIKE 'pf10a%';
UPDATE points SET training = printf('t%s-%s-%d', network, scheme, coalesce(delta_bits, weight_bits));
COMMIT;
