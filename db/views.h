/* The views that people query. They are made from views.sql and the rows of columns.h. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

/* views_make: makes all of them, in place of older ones of their names; an SQLite code. */
int views_make(sqlite3 *db);

/* views_current: whether the database has the views that views_make would make; also false if it cannot be read. */
bool views_current(sqlite3 *db);
