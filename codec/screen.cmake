# Sources of the lossless screen coder, for codec/CMakeLists.txt. Its two inner loops want -O3.
set(SCREEN_ENCODER_SOURCES enc_screen.cpp screen_model.cpp)
set(SCREEN_DECODER_SOURCES dec_screen.cpp screen_model.cpp)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  set_source_files_properties(enc_screen.cpp dec_screen.cpp PROPERTIES COMPILE_OPTIONS "-O3")
endif()
