# Run as a script by site.cmake: FOLDER (the built client) -> OUT/site.S, OUT/site.cpp, OUT/*.gz
if(NOT EXISTS ${FOLDER}/index.html)
  message(FATAL_ERROR "The web client has not been built: there is no ${FOLDER}/index.html. "
    "Run ./dev build, or npm ci && npm run build in web-client.")
endif()
file(REMOVE_RECURSE ${OUT})
file(MAKE_DIRECTORY ${OUT})
find_program(GZIP gzip REQUIRED)

set(assembly ".section .rodata\n")
set(declarations "")
set(rows "")
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
set(number 0)

function(add_blob name file)
  set(assembly "${assembly}.global ${name}_begin\n.global ${name}_end\n.balign 16\n${name}_begin:\n.incbin \"${file}\"\n${name}_end:\n" PARENT_SCOPE)
  set(declarations "${declarations}extern const char ${name}_begin[], ${name}_end[];\n" PARENT_SCOPE)
endfunction()

foreach(file IN LISTS files)
  set(name vitrine_site_${number})
  math(EXPR number "${number} + 1")
  add_blob(${name} ${FOLDER}/${file})
  set(zipped "{}")
  if(NOT file MATCHES "\\.(png|jpg|webp|woff2|gz)$")
    execute_process(COMMAND ${GZIP} -9 -n -c ${FOLDER}/${file} OUTPUT_FILE ${OUT}/${name}.gz RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "gzip failed on ${FOLDER}/${file}.")
    endif()
    file(SIZE ${FOLDER}/${file} plain_size)
    file(SIZE ${OUT}/${name}.gz zipped_size)
    if(zipped_size LESS plain_size)
      add_blob(${name}_gz ${OUT}/${name}.gz)
      set(zipped "between(${name}_gz_begin, ${name}_gz_end)")
    endif()
  endif()
  file(SHA256 ${FOLDER}/${file} hash)
  string(APPEND rows "      {\"/${file}\", between(${name}_begin, ${name}_end), ${zipped}, \"${hash}\"},\n")
endforeach()

string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
file(WRITE ${OUT}/site.S "${assembly}")
file(WRITE ${OUT}/site.cpp "// Made by cmake/pack_site.cmake.
#include \"gateway/embedded_site.h\"

extern \"C\" {
${declarations}}

namespace vitrine {
namespace {
std::string_view between(const char* begin, const char* end) { return {begin, static_cast<size_t>(end - begin)}; }
}  // namespace
std::vector<EmbeddedFile> embedded_site() {
  return {
${rows}  };
}
}  // namespace vitrine
")
