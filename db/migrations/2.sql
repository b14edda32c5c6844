-- Format 2: accelerators, and what Vivado reports.
ALTER TABLE points ADD COLUMN engine TEXT;        -- operator, accelerator; NULL: none
ALTER TABLE points ADD COLUMN dsp_lanes INTEGER;  -- of an accelerator: lanes on DSP48E1
ALTER TABLE points ADD COLUMN weight_memory TEXT; -- of an accelerator: block, lut, both
UPDATE points SET engine = 'operator' WHERE operator_inputs IS NOT NULL;
ALTER TABLE training ADD COLUMN deployed_accuracy REAL;   -- fraction of the test images, by the integer network; NULL: it has none
ALTER TABLE syntheses ADD COLUMN critical_path_2_ns REAL; -- ns, the same netlist at speed grade -2
ALTER TABLE syntheses ADD COLUMN fmax_2_mhz REAL;         -- MHz, 1000 / critical_path_2_ns
ALTER TABLE syntheses ADD COLUMN fmax_mhz_low REAL;       -- MHz, lower end of the error band of fmax_mhz (docs/estimates.md)
ALTER TABLE syntheses ADD COLUMN fmax_mhz_high REAL;      -- MHz, upper end
ALTER TABLE syntheses ADD COLUMN power_mw REAL;           -- mW at fmax_mhz, estimate, first order; NULL without OpenSTA

-- The test set through the RTL of an accelerator, with the weights of one training.
CREATE TABLE accelerator_checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    images                     INTEGER NOT NULL, -- test images in bulk
    lockstep_images            INTEGER NOT NULL, -- the first of them, in lock-step with SystemC too
    mismatches                 INTEGER NOT NULL, -- verdicts or lock-step clocks that differ from the definition
    right                      INTEGER NOT NULL, -- images whose class in the RTL is the label
    cycles_per_inference       INTEGER NOT NULL, -- clocks between results of a steady stream, counted in the RTL
    cycles_latency             INTEGER NOT NULL, -- clocks from first pixel to result of one image, counted in the RTL
    schedule_agrees            INTEGER NOT NULL, -- 1: both are what models/fpga/design/schedule says
    first_image                INTEGER,          -- of the first mismatch; NULL: none
    first_where                TEXT,             -- what differed there
    clocks                     INTEGER NOT NULL, -- clocks simulated in bulk
    lockstep_clocks            INTEGER NOT NULL, -- clocks simulated in lock-step with SystemC
    clocks_per_second          REAL,             -- 1/s, plain Verilator
    lockstep_clocks_per_second REAL              -- 1/s, SystemC and RTL side by side
) STRICT;

-- What follows from an accelerator's configuration alone; written with its point.
CREATE TABLE accelerators (
    point            INTEGER PRIMARY KEY REFERENCES points (id),
    block_bits       INTEGER NOT NULL, -- of a weight word of P · D bits, those in block RAM
    schedule_cycles  INTEGER NOT NULL, -- clocks between results of a steady stream, by models/fpga/design/schedule
    schedule_latency INTEGER NOT NULL  -- clocks from first pixel to result of one image, by models/fpga/design/schedule
) STRICT;

-- What Vivado reports of a point, read by `deltasweep import-report`. A figure that no report gave is NULL.
CREATE TABLE vivado_reports (
    id           INTEGER PRIMARY KEY,
    point        INTEGER NOT NULL REFERENCES points (id),
    imported     TEXT NOT NULL,  -- when
    tool_version TEXT NOT NULL,  -- "2024.2"
    part         TEXT NOT NULL,  -- as the reports spell it, "xc7s15ftgb196-1"
    speed_grade  TEXT NOT NULL,  -- "-1"; "" if no report says
    design       TEXT NOT NULL,  -- top module
    lut          INTEGER,        -- slice LUTs
    lutram       INTEGER,        -- those of lut that are memory
    ff           INTEGER,        -- slice registers
    muxf7        INTEGER,
    muxf8        INTEGER,
    dsp          INTEGER,        -- DSP48E1
    bram18       INTEGER,        -- RAMB18
    bram36       INTEGER,        -- RAMB36
    period_ns    REAL,           -- ns, of the clock that was asked for
    wns_ns       REAL,           -- ns, worst set-up slack
    whs_ns       REAL,           -- ns, worst hold slack
    fmax_mhz     REAL,           -- MHz, 1000 / (period_ns - wns_ns)
    path_from    TEXT,           -- pins of the worst path
    path_to      TEXT,
    power_mw     REAL,           -- mW on the chip, at the clock that was asked for
    dynamic_mw   REAL,           -- mW, the dynamic part
    static_mw    REAL            -- mW, the static part
) STRICT;
-- Another import of the same build replaces the one before.
CREATE UNIQUE INDEX vivado_reports_once ON vivado_reports (point, tool_version, speed_grade, coalesce(period_ns, -1));
