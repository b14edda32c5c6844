-- The table that version 3 added to schema.sql and schema_2.sql.

-- What models/fpga/cost/estimate says of an accelerator: no synthesis. Written with its point.
CREATE TABLE estimates (
    point    INTEGER PRIMARY KEY REFERENCES points (id),
    lut      INTEGER NOT NULL, -- LUTs as logic and as memory
    lutram   INTEGER NOT NULL, -- of these as memory
    ff       INTEGER NOT NULL, -- flip-flops
    fmax_mhz REAL NOT NULL,    -- MHz, speed grade -1
    fits     INTEGER,          -- 1: yes, 0: no; NULL: within the error band of the estimate
    binding_resource TEXT NOT NULL -- what is fullest, by the estimate
) STRICT;
