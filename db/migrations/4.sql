-- Format 4: convolutions, codes and formats by layer, recipes of training.
ALTER TABLE points ADD COLUMN macs INTEGER;            -- multiplications of one image: weights, a convolution's once a position
ALTER TABLE points ADD COLUMN bucket INTEGER;          -- weights of a span `bucket`
ALTER TABLE points ADD COLUMN step TEXT;               -- fixed, auto, learned: where a layer's place values come from
ALTER TABLE points ADD COLUMN frac_bits_layers TEXT;   -- where layers differ: each layer's f, "5-6-6"; NULL: all have frac_bits.
                                                       -- frac_bits is then the activations', the greatest below weight_bits
ALTER TABLE points ADD COLUMN delta_bits_layers TEXT;  -- each layer's D, "4-4-3"; delta_bits is then the greatest
ALTER TABLE points ADD COLUMN delta_offset_layers TEXT; -- each layer's o; delta_offset is then the greatest
ALTER TABLE points ADD COLUMN warmup REAL NOT NULL DEFAULT 0;       -- epochs in which the learning rate rises
ALTER TABLE points ADD COLUMN weight_decay REAL NOT NULL DEFAULT 0; -- decoupled, times lr
ALTER TABLE points ADD COLUMN smoothing REAL NOT NULL DEFAULT 0;    -- share of each label that is spread over all classes
ALTER TABLE points ADD COLUMN clamp_gradient TEXT NOT NULL DEFAULT 'paper'; -- paper, pass, zero: the gradient where a clamp acted
ALTER TABLE points ADD COLUMN average REAL NOT NULL DEFAULT 0;      -- decay of the moving average of the weights, a step; 0: none
ALTER TABLE points ADD COLUMN patience INTEGER NOT NULL DEFAULT 0;  -- epochs without a better validation accuracy; 0: all epochs
ALTER TABLE points ADD COLUMN mirror INTEGER NOT NULL DEFAULT 0;    -- 1: training images are mirrored with probability 1/2
ALTER TABLE points ADD COLUMN gradients TEXT NOT NULL DEFAULT 'auto'; -- auto, single, bfloat16: backward products
ALTER TABLE points ADD COLUMN loaded TEXT;             -- name of the file whose weights training began with; NULL: random weights
ALTER TABLE training ADD COLUMN best_epoch INTEGER;    -- the epoch whose weights were kept
ALTER TABLE training ADD COLUMN code_entropy_bits REAL; -- bits that an ideal variable-length code of the stored deltas (fixed-point:
                                                       -- weights) and references would take; NULL for float
ALTER TABLE training ADD COLUMN layer_formats TEXT;    -- what step auto or learned chose, "f5o0-f6o1": f and o of each layer
ALTER TABLE fits ADD COLUMN weights_fit INTEGER;       -- 1: all weights fit block RAM and LUT RAM together
-- Until now the weights of the last epoch were kept.
UPDATE training SET best_epoch = (SELECT max(epoch) FROM epochs e WHERE e.job = training.job);
-- Until now every network was a chain of linear layers, and every step was fixed.
UPDATE points SET macs = weights;
UPDATE points SET step = 'fixed' WHERE scheme <> 'float';
UPDATE fits SET weights_fit = weights_utilisation <= 1;
