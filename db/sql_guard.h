/* What SQL may use that a user wrote as part of a query: a condition, an order, an axis of a plot. A slip in it (a
 * recursion without an end, a text of megabytes) ends with a message, and not with a program that hangs. */
#pragma once

#include "base/status.h"

#include <sqlite3.h>
#include <stdbool.h>

enum {
    SQL_GUARD_SECONDS = 10,      /* of processor time, plus a millisecond for each row that is asked */
    SQL_GUARD_EVERY = 1000,      /* SQLite's steps between two looks at the clock */
    SQL_GUARD_SWEEP_TEXT = 4096, /* the longest text, in bytes, that an expression over the axes makes */
    SQL_GUARD_PATTERN =
        1000 /* the longest pattern of LIKE and GLOB, in bytes: their time grows with it times the text */
};

struct sql_guard {
    long looks;   /* at the clock that are left */
    double left;  /* s of processor time that are left */
    double since; /* the last look, by clock_thread_s */
    enum status wrong; /* of the SQL: how the program ends if nothing else ends it */
};

/* sql_guard_on: from now on db stops with SQLITE_INTERRUPT when its statements took the time above, or more than
 * `steps` of SQLite's steps, or when the user asks to stop; a text longer than most_text bytes is SQLITE_TOOBIG. A
 * single step may be a function that works long: most_text and SQL_GUARD_PATTERN bound most of these, but SQLite looks
 * at no clock in printf('%.*c', 2000000000, 'x'). Between resume and pause a thread watches, and ends the program with
 * a message where such a function goes on a second past the time (with the exit code of `wrong`), or past the wish to
 * stop (130). No transaction of this process may be open then. g must live until sql_guard_off, which ends the watch on
 * time and leaves the bounds. */
void sql_guard_on(sqlite3 *db, struct sql_guard *g, long rows, long steps, int most_text, enum status wrong);
void sql_guard_off(sqlite3 *db);

/* sql_guard_resume, sql_guard_pause: before and after a statement, where what the program does between two of them does
 * not count. pause: false if the time is over; a statement of few steps ends before anybody looks at the clock. */
void sql_guard_resume(struct sql_guard *g);
bool sql_guard_pause(struct sql_guard *g);

/* sql_strict: "word" is a column from now on, and never a text. */
void sql_strict(sqlite3 *db);
