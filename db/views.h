/* The views that people query: made of views.sql and of the rows of columns.h. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

/* views_make: makes all of them, in place of older ones of their names; an SQLite code. */
int views_make(sqlite3 *db);

/* views_current: whether the database has them as views_make would make them; false, too, if it cannot be read. */
bool views_current(sqlite3 *db);
