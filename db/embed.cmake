# embed.cmake: views.sql and migrations 1.sql to NEWEST.sql as C texts:
# cmake -D FOLDER=… -D NEWEST=… -D OUTPUT=… -P embed.cmake
function(as_array file name out)
  file(READ "${file}" digits HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${digits}")
  string(REPLACE "'\\x0a'," "'\\n',\n" bytes "${bytes}")
  set(${out} "static const char ${name}[] = {\n${bytes}0};\n" PARENT_SCOPE)
endfunction()

as_array("${FOLDER}/views.sql" views_sql text)
foreach(number RANGE 1 ${NEWEST})
  if(NOT EXISTS "${FOLDER}/migrations/${number}.sql")
    message(FATAL_ERROR "db/migrations has ${NEWEST} files, but no ${number}.sql")
  endif()
  as_array("${FOLDER}/migrations/${number}.sql" migration_${number} array)
  string(APPEND text "${array}")
  string(APPEND list "migration_${number}, ")
endforeach()
file(WRITE "${OUTPUT}" "${text}static const char *const migrations[] = {${list}};\n")
