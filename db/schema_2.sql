-- The tables that version 2 added to schema.sql: accelerators.

-- The test set through the RTL of an accelerator, with the weights of one training.
CREATE TABLE accelerator_checks (
    job                        TEXT PRIMARY KEY REFERENCES jobs (digest),
    images                     INTEGER NOT NULL, -- test images in bulk
    lockstep_images            INTEGER NOT NULL, -- the first of them, in lock-step with SystemC too
    mismatches                 INTEGER NOT NULL, -- verdicts or lock-step clocks that differ from the definition
    right                      INTEGER NOT NULL, -- images whose class in the RTL is the label
    cycles_per_inference       INTEGER NOT NULL, -- clocks between results of a steady stream, counted in the RTL
    cycles_latency             INTEGER NOT NULL, -- clocks from first pixel to result of one image, counted in the RTL
    schedule_agrees            INTEGER NOT NULL, -- 1: both are what sim/schedule says
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
    schedule_cycles  INTEGER NOT NULL, -- clocks between results of a steady stream, by sim/schedule
    schedule_latency INTEGER NOT NULL  -- clocks from first pixel to result of one image, by sim/schedule
) STRICT;
