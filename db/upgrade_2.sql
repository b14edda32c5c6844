-- What makes a database of version 2 one of version 3, but for the new table and the views.
DROP VIEW IF EXISTS vivado;
DROP VIEW IF EXISTS designs;
DROP VIEW IF EXISTS results;
