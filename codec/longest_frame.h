// The bound that coder and pacer share on a film's frames.
#pragma once

namespace vitrine::codec {

// Seconds of the link that a frame may take, however seldom frames come: what is typed beside the film waits behind
// one, and frames that took longer would be seldom for that.
inline constexpr double kLongestFrame = 0.034;

}  // namespace vitrine::codec
