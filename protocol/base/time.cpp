#include "protocol/base/time.h"

#include <ctime>

namespace vitrine {

Micros monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<Micros>(now.tv_sec) * kSecond + now.tv_nsec / 1'000;
}

}  // namespace vitrine
