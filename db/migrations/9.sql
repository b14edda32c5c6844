-- Format 9: the power of estimates, of which energy follows.
ALTER TABLE estimates ADD COLUMN power_mw REAL; -- mW at fmax_mhz, first order; NULL: not recorded again since
