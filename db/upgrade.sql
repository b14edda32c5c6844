-- What makes a database of version 1 one of version 2, but for the views.
ALTER TABLE points ADD COLUMN engine TEXT;
ALTER TABLE points ADD COLUMN dsp_lanes INTEGER;
ALTER TABLE points ADD COLUMN weight_memory TEXT;
UPDATE points SET engine = 'operator' WHERE operator_inputs IS NOT NULL;
ALTER TABLE training ADD COLUMN deployed_accuracy REAL;
ALTER TABLE syntheses ADD COLUMN critical_path_2_ns REAL;
ALTER TABLE syntheses ADD COLUMN fmax_2_mhz REAL;
ALTER TABLE syntheses ADD COLUMN fmax_mhz_low REAL;
ALTER TABLE syntheses ADD COLUMN fmax_mhz_high REAL;
ALTER TABLE syntheses ADD COLUMN power_mw REAL;
DROP VIEW designs;
DROP VIEW results;
