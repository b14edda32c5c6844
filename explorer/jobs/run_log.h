/* What a run does, as lines of JSON that are appended to a file: one object for each event, written whole at once. */
#pragma once

#include "base/json.h"
#include "base/status.h"

struct run_log;

/* run_log_open: appends to path, which is made if it is not there. db: the database of the run. Refused is a file that
 * holds anything but lines of JSON, such as a database or a sweep: they would be damaged. */
enum status run_log_open(const char *path, const char *db, struct run_log **out, struct errmsg *e);
void run_log_close(struct run_log *log);

/* run_log_begin: a new line, with the members `time` and `event`; its other members go into the object that is
 * returned. run_log_end writes it. NULL, and nothing is to be written, without a log. A line that cannot be written is
 * told once, on standard error, and is the last one that is tried. */
struct json *run_log_begin(struct run_log *log, const char *event);
void run_log_end(struct run_log *log);
