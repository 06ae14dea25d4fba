#include "protocol/base/check.h"

#ifdef __wasm__
// The WebAssembly decoder has no stderr; a trap stops the worker, which reports it to the page.
namespace vitrine {
void check_failed(const char*, const char*, int) { __builtin_trap(); }
}  // namespace vitrine
#else
#include <cstdio>
#include <cstdlib>

namespace vitrine {
void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}
}  // namespace vitrine
#endif
