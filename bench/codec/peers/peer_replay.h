// One recorded file through another coder, measured like Replay: processor time of one thread, decoded and compared.
#pragma once

#include <string>

#include "bench/codec/figures.h"
#include "bench/codec/peers/frame_coder.h"

namespace vitrine::codec {

// The changed rectangles (64x64 tiles joined, then cut to what differs) are found before the clock starts, which our
// own encoder does within its time. A frame in which nothing changed costs a peer nothing. `frames` 0: all. Errors:
// those of FrameFile and of the coder.
Result<Figures> replay_peer(const Peer& peer, const std::string& file, Size size, int frames);

}  // namespace vitrine::codec
