# vitrine_embed_site(TARGET FOLDER): packs a built web client into an object library that defines
# vitrine::embedded_site() (gateway/embedded_site.h). Files are taken as they are and, where it helps, also gzipped.
# The build stops with a sentence when the folder has not been built.
function(vitrine_embed_site target folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target})
  add_custom_command(
    OUTPUT ${out}/site.S ${out}/site.cpp
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUT=${out} -P ${PROJECT_SOURCE_DIR}/cmake/pack_site.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/pack_site.cmake
    COMMENT "Packing the web client into the program"
    VERBATIM)
  # What .incbin reads is not seen by the dependency scan.
  set_source_files_properties(${out}/site.S PROPERTIES OBJECT_DEPENDS "${files}")
  add_library(${target} STATIC ${out}/site.S ${out}/site.cpp)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()
