-- Format 7: names that no program reads as numbers, the name of a training, and the size of the test set.
-- 253625e401 is a number to spreadsheets and data frames (infinity); p253625e401 is a name.
UPDATE points SET point = 'p' || point;
ALTER TABLE points ADD COLUMN training TEXT;              -- name of network, data, code and recipe: points that differ in
                                                          -- hardware alone share it. db/trainings.c fills it in
ALTER TABLE points ADD COLUMN schedule_cycles_per_dot INTEGER; -- of an operator: clocks of a dot product, by its definition
UPDATE points SET schedule_cycles_per_dot = (operator_inputs + parallelism - 1) / parallelism + 2 WHERE engine = 'operator';
ALTER TABLE training ADD COLUMN test_images INTEGER;      -- rows of the test set; NULL: of an older training, not asked for since
CREATE INDEX points_by_training ON points (training);
