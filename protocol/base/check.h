// CHECK: an always-on assertion about our own code. Peer, OS and file faults are never CHECKed; they are Results.
#pragma once

namespace vitrine {

// Prints the failed condition with its place to stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace vitrine

#define CHECK(condition) \
  (__builtin_expect(!(condition), 0) ? ::vitrine::check_failed(#condition, __FILE__, __LINE__) : (void)0)
