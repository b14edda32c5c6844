/* The clocks of the system, in seconds. */
#pragma once

enum { CLOCK_ISO_BYTES = 40 };

/* clock_monotonic_s: for durations: nobody sets this clock. Only differences mean anything. */
double clock_monotonic_s(void);

/* clock_thread_s: the processor time that this thread has used. */
double clock_thread_s(void);

/* clock_wall_s: seconds since 1970, for time stamps. It jumps when somebody sets the clock. */
double clock_wall_s(void);

/* clock_local: the local time of day, "14:03:22". */
void clock_local(char text[16]);

/* clock_iso: seconds since 1970 as "2026-11-22T10:58:32.123Z". */
void clock_iso(double seconds, char text[CLOCK_ISO_BYTES]);
