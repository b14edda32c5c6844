/* Which Verilog files a module needs. */
#ifndef DELTASWEEP_RTL_FILES_H
#define DELTASWEEP_RTL_FILES_H

#include "base/status.h"

enum { RTL_FILES_MOST = 64, RTL_NAME_BYTES = 80 };

struct rtl_files {
    int n;
    char name[RTL_FILES_MOST][RTL_NAME_BYTES]; /* without folder; name[0] is the top's file, the rest sorted */
};

/* rtl_files_find: the file top in folder and all files there whose module it uses,
 * directly or not. Relies on the house rule that file x.v holds module x. */
enum status rtl_files_find(struct rtl_files *out, const char *folder, const char *top, struct errmsg *e);

#endif
