-- Format 3: estimates of accelerators.
-- What models/fpga/cost/estimate computes for an accelerator without synthesis; written with its point.
CREATE TABLE estimates (
    point    INTEGER PRIMARY KEY REFERENCES points (id),
    lut      INTEGER NOT NULL, -- LUTs as logic and as memory
    lutram   INTEGER NOT NULL, -- those of lut that are memory
    ff       INTEGER NOT NULL, -- flip-flops
    fmax_mhz REAL NOT NULL,    -- MHz, speed grade -1
    fits     INTEGER,          -- 1: yes, 0: no; NULL: within the error band of the estimate
    binding_resource TEXT NOT NULL -- the fullest resource, by the estimate
) STRICT;
