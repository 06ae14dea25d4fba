# vitrine_beast: Boost.Asio, Asio's TLS and Boost.Beast, compiled once. Who includes a Beast header links this; the
# definitions make the headers declarations only, so every other file compiles in seconds instead of a minute.
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)

add_library(vitrine_beast STATIC ${PROJECT_SOURCE_DIR}/cmake/beast.cpp)
target_compile_definitions(vitrine_beast PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ALL_NO_LIB)
target_link_libraries(vitrine_beast PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
if(VITRINE_SANITIZE MATCHES "thread")
  # Asio's fences are not seen by the thread sanitizer, its locks are.
  target_compile_options(vitrine_beast PUBLIC -Wno-tsan)
endif()
if(VITRINE_SANITIZE)
  target_compile_options(vitrine_beast PRIVATE -fsanitize=${VITRINE_SANITIZE} -fno-omit-frame-pointer)
endif()
