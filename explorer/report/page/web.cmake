# The report page: the folder web and the chart library, joined into one template, which becomes a part of the program.
# npm fetches exactly what package-lock.json names and runs none of its scripts; nothing of it goes into the source tree.
find_program(NODE node NO_CACHE REQUIRED)
find_program(NPM npm NO_CACHE REQUIRED)
set(web ${CMAKE_CURRENT_LIST_DIR}/web)
set(fetched ${CMAKE_CURRENT_BINARY_DIR}/page)
set(page_template ${fetched}/template.html)
file(GLOB web_files CONFIGURE_DEPENDS ${web}/*.js ${web}/*.mjs ${web}/*.html ${web}/*.css)

add_custom_command(
  OUTPUT ${fetched}/fetched
  COMMAND ${CMAKE_COMMAND} -E copy ${web}/package.json ${web}/package-lock.json ${fetched}
  COMMAND ${CMAKE_COMMAND} -E chdir ${fetched} ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
          --cache ${fetched}/cache
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${fetched}/cache
  COMMAND ${CMAKE_COMMAND} -E touch ${fetched}/fetched
  DEPENDS ${web}/package.json ${web}/package-lock.json
  COMMENT "the libraries of the report page" VERBATIM)
add_custom_command(
  OUTPUT ${page_template}
  COMMAND ${NODE} ${web}/bundle.mjs ${fetched} ${page_template}
  DEPENDS ${web_files} ${fetched}/fetched
  COMMENT "the report page" VERBATIM)
set_source_files_properties(report/page/page_template.c PROPERTIES
  COMPILE_DEFINITIONS DELTASWEEP_PAGE_TEMPLATE="${page_template}" OBJECT_DEPENDS ${page_template})
