# Writes the bytes of FILES as C arrays: embedded_<name with '_'>[] and its _size, as embedded.h declares them.
set(text "/* Made by cmake/embed.cmake; do not edit. */\n#include \"embedded.h\"\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "[^A-Za-z0-9]" "_" word ${name})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND text "\nconst unsigned char embedded_${word}[] = {\n${bytes}0x00};\n"
    "const size_t embedded_${word}_size = sizeof(embedded_${word}) - 1;\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
