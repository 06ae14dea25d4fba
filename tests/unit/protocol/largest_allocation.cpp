#include "tests/unit/protocol/largest_allocation.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace vitrine {
size_t largest_allocation = 0;
}  // namespace vitrine

void* operator new(size_t size) {
  vitrine::largest_allocation = std::max(vitrine::largest_allocation, size);
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
