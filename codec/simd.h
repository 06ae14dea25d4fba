// How kernels are written once and compiled for several processors: the body is VITRINE_INLINE and plain C++; a wrapper
// with a target attribute makes the compiler vectorise it for that processor, and the caller picks at run time.
// Integers only, so that every version gives the same result.
#pragma once

#define VITRINE_INLINE __attribute__((always_inline)) inline
