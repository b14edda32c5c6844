# Writes OUT (version.c) if the version or the git revision of SOURCE changed.
# cmake -DSOURCE=… -DOUT=… -DVERSION=… -P version.cmake, at every build.
set(revision unknown)
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-toplevel
                  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A source tree unpacked inside some other project's repository is not that project.
  file(REAL_PATH "${SOURCE}" real_source)
  if(top STREQUAL real_source)
    execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --short=12 HEAD
                    OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      execute_process(COMMAND ${GIT} -C ${SOURCE} status --porcelain --untracked-files=no
                      OUTPUT_VARIABLE changes ERROR_QUIET)
      set(revision ${head})
      if(changes)
        string(APPEND revision "+")
      endif()
    endif()
  endif()
endif()

set(text "#include \"base/version.h\"\n\nconst char version_number[] = \"${VERSION}\";\nconst char version_revision[] = \"${revision}\";\n")
set(old "")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
