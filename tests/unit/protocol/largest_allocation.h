// Lets a test say how much memory a hostile message made us ask for: a program linked with this passes every
// allocation through a counting operator new. One thread.
#pragma once

#include <cstddef>

namespace vitrine {

extern size_t largest_allocation;  // bytes of the largest since it was last set to 0

}  // namespace vitrine
