/* The hardware sources as a whole. */
#ifndef DELTASWEEP_JOBS_RTL_H
#define DELTASWEEP_JOBS_RTL_H

#include "base/digest.h"

/* rtl_digest: over the names and contents of all files of rtl/; the rows of jobs that use them keep it. */
enum status rtl_digest(char hex[DIGEST_HEX_BYTES], struct errmsg *e);

#endif
