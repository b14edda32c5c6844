# Writes OUT (version.c) if the version or the git revision of SOURCE changed.
# cmake -DSOURCE=… -DOUT=… -DVERSION=… -P version.cmake, at every build.
set(revision unknown)
set(date unknown)
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-toplevel
                  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A source tree unpacked inside some other project's repository is not that project.
  file(REAL_PATH "${SOURCE}" real_source)
  if(top STREQUAL real_source)
    execute_process(COMMAND ${GIT} -C ${SOURCE} log -1 "--format=%h;%cs" --abbrev=12
                    OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      execute_process(COMMAND ${GIT} -C ${SOURCE} status --porcelain --untracked-files=no
                      OUTPUT_VARIABLE changes ERROR_QUIET)
      list(GET head 0 revision)
      list(GET head 1 date)
      if(changes)
        string(APPEND revision "+")
      endif()
    endif()
  endif()
endif()

string(CONCAT text "#include \"base/version.h\"\n\nconst char version_number[] = \"${VERSION}\";\nconst char version_revision[] = \"${revision}\";\n"
              "const char version_date[] = \"${date}\";\n")
set(old "")
if(EXISTS ${OUT})
  file(READ ${OUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
