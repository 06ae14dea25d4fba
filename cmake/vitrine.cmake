# vitrine_library(NAME [NO_EXCEPTIONS] [APART] SOURCES ... LINKS ...): a static library with the house's warnings. APART: its
# sources are never compiled together.
# Headers are included by their path from the root of the repository: #include "codec/picture.h".

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
if(NOT CMAKE_SYSTEM_NAME STREQUAL "WASI")
  add_link_options(-fuse-ld=lld)
  find_package(Threads REQUIRED)
endif()

add_library(vitrine_flags INTERFACE)
target_include_directories(vitrine_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(vitrine_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers)
if(VITRINE_WERROR)
  target_compile_options(vitrine_flags INTERFACE -Werror)
endif()
if(VITRINE_SANITIZE)
  target_compile_options(vitrine_flags INTERFACE -fsanitize=${VITRINE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(vitrine_flags INTERFACE -fsanitize=${VITRINE_SANITIZE})
elseif(NOT CMAKE_SYSTEM_NAME STREQUAL "WASI")
  target_compile_definitions(vitrine_flags INTERFACE $<$<CONFIG:RelWithDebInfo>:_FORTIFY_SOURCE=2>)
  target_compile_options(vitrine_flags INTERFACE -fstack-protector-strong)
  target_link_options(vitrine_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

if(VITRINE_FUZZ)
  # The libraries count their branches too, so that the fuzzer sees how far an input gets into them.
  target_compile_options(vitrine_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Most of the time of a build from nothing goes into reading the same headers, so sources are compiled several at a time:
# names of one source are told apart from its neighbours'.
function(vitrine_compile_together name)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  # A source's own names are in a header for once; and the more GCC 12 inlines, the more it warns of what cannot happen.
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage$<SEMICOLON>-Wno-maybe-uninitialized>)
endfunction()

function(vitrine_library name)
  cmake_parse_arguments(ARG "NO_EXCEPTIONS;APART" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS} PRIVATE vitrine_flags ${ARG_PRIVATE_LINKS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  if(NOT ARG_APART)
    vitrine_compile_together(${name})
  endif()
  if(ARG_NO_EXCEPTIONS)
    target_compile_options(${name} PRIVATE -fno-exceptions -fno-rtti)
  endif()
endfunction()

# vitrine_test(NAME SOURCES ... LINKS ...): a GoogleTest program, each of its tests known to ctest.
function(vitrine_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE vitrine_flags ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  target_compile_options(${name} PRIVATE -O1)  # what is tested is optimised in full; the tests themselves need not be
  vitrine_compile_together(${name})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
endfunction()

# vitrine_fuzzer(NAME SOURCES ... LINKS ...): with VITRINE_FUZZ a libFuzzer program; always also NAME_replay, which
# runs every file of tests/fuzz/corpus/NAME through the same function as a test.
function(vitrine_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(VITRINE_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${name} PRIVATE vitrine_flags ${ARG_LINKS})
  endif()
  add_executable(${name}_replay ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
  target_link_libraries(${name}_replay PRIVATE vitrine_flags ${ARG_LINKS})
  add_test(NAME ${name}_replay COMMAND ${name}_replay ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
endfunction()
