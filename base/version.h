/* Which deltasweep this is. */
#pragma once

/* "0.1.0", from CMakeLists.txt. */
extern const char version_number[];
/* The git commit that the program was built from: 12 hexadecimal digits, then "+" if the
 * work tree had changes; "unknown" if it was not built from a git work tree. */
extern const char version_revision[];
/* The day of that commit, "2026-11-28"; "unknown" likewise. */
extern const char version_date[];
