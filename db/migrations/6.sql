-- Reports of one design that are imported one by one become one row (db/record_vivado.c), so a period is no key.
DROP INDEX vivado_reports_once;
ALTER TABLE vivado_reports ADD COLUMN wpws_ns REAL;  -- ns, worst pulse width slack
ALTER TABLE vivado_reports ADD COLUMN reported TEXT; -- when Vivado wrote the newest of them
