# embed.cmake: a text file as a C array: cmake -D INPUT=… -D OUTPUT=… -D NAME=… -P embed.cmake
file(READ "${INPUT}" digits HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${digits}")
string(REPLACE "0x0a," "0x0a,\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "static const unsigned char ${NAME}[] = {\n${bytes}0};\n")
