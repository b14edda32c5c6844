-- What makes a database of version 3 one of version 4, but for the views.
ALTER TABLE points ADD COLUMN macs INTEGER;
ALTER TABLE points ADD COLUMN bucket INTEGER;
ALTER TABLE points ADD COLUMN step TEXT;
ALTER TABLE points ADD COLUMN frac_bits_layers TEXT;
ALTER TABLE points ADD COLUMN delta_bits_layers TEXT;
ALTER TABLE points ADD COLUMN delta_offset_layers TEXT;
ALTER TABLE points ADD COLUMN warmup REAL NOT NULL DEFAULT 0;
ALTER TABLE points ADD COLUMN weight_decay REAL NOT NULL DEFAULT 0;
ALTER TABLE points ADD COLUMN smoothing REAL NOT NULL DEFAULT 0;
ALTER TABLE points ADD COLUMN clamp_gradient TEXT NOT NULL DEFAULT 'paper';
ALTER TABLE points ADD COLUMN average REAL NOT NULL DEFAULT 0;
ALTER TABLE points ADD COLUMN patience INTEGER NOT NULL DEFAULT 0;
ALTER TABLE points ADD COLUMN mirror INTEGER NOT NULL DEFAULT 0;
ALTER TABLE points ADD COLUMN gradients TEXT NOT NULL DEFAULT 'auto';
ALTER TABLE points ADD COLUMN loaded TEXT;
ALTER TABLE training ADD COLUMN best_epoch INTEGER;
ALTER TABLE training ADD COLUMN code_entropy_bits REAL;
ALTER TABLE training ADD COLUMN layer_formats TEXT;
-- The last epoch was taken.
UPDATE training SET best_epoch = (SELECT max(epoch) FROM epochs e WHERE e.job = training.job);
-- All networks were chains of linear layers, all steps as given.
UPDATE points SET macs = weights;
UPDATE points SET step = 'fixed' WHERE scheme <> 'float';
ALTER TABLE fits ADD COLUMN weights_fit INTEGER;
UPDATE fits SET weights_fit = weights_utilisation <= 1;
DROP VIEW IF EXISTS vivado;
DROP VIEW IF EXISTS designs;
DROP VIEW IF EXISTS results;
