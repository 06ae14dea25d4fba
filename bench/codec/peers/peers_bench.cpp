// Our codec beside others on the same recorded screens: one JSON object a line for each file and coder, in the form of
// bench_codec. Ours runs twice, lossless and with pictures that sharpen.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/codec/peers/peer_replay.h"
#include "bench/codec/replay.h"

namespace vitrine::codec {
namespace {

bool print(const Result<Figures>& figures) {
  if (!figures.ok()) {
    std::fprintf(stderr, "%s\n", figures.error().message.c_str());
    return false;
  }
  std::printf("%s\n", figures.value().json().dump().c_str());
  std::fflush(stdout);
  return true;
}

Result<Figures> replay_ours(ReplayOptions options, const std::string& file, bool lossless) {
  options.lossless = lossless;
  Figures figures = TRY(Replay(options, file).run());
  if (lossless) figures.coder += "-lossless";
  return figures;
}

bool compare(const ReplayOptions& options, const std::string& file, const std::vector<std::string>& only) {
  const auto chosen = [&](const std::string& name) {
    return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
  };
  // One line says that a file cannot be read, not one for each coder.
  if (const auto in = FrameFile::open(file, options.size); !in.ok()) {
    std::fprintf(stderr, "%s\n", in.error().message.c_str());
    return false;
  }
  bool good = print(replay_ours(options, file, true));
  good = print(replay_ours(options, file, false)) && good;
  for (const Peer& peer : peers()) {
    if (!chosen(peer.name)) continue;
    const auto figures = replay_peer(peer, file, options.size, options.frames);
    if (!figures.ok() && figures.error().code == ErrorCode::kUnsupported) {
      std::fprintf(stderr, "%s: %s left out: %s\n", file.c_str(), peer.name.c_str(), figures.error().message.c_str());
      continue;
    }
    good = print(figures) && good;
  }
  return good;
}

}  // namespace
}  // namespace vitrine::codec

int main(int argc, char** argv) {
  using namespace vitrine::codec;
  ReplayOptions options;
  std::vector<std::string> files;
  std::vector<std::string> only;
  std::string size = "1920x1080";
  int threads = 1;
  std::vector<std::string> names;
  for (const Peer& peer : peers()) names.push_back(peer.name);
  CLI::App app("Replays raw BGRX frames through our codec and through others");
  app.add_option("files", files, "raw frames, 4 bytes a pixel")->required();
  app.add_option("--size", size, "WIDTHxHEIGHT of the frames");
  app.add_option("--quality", options.quality, "JPEG quality of our first paints")->check(CLI::Range(1, 100));
  app.add_option("--mbit", options.mbit, "the link of our lossy run, Mbit/s")->check(CLI::PositiveNumber);
  app.add_option("--frames", options.frames, "stop after this many")->check(CLI::NonNegativeNumber);
  app.add_option("--threads", threads, "every coder uses one")->check(CLI::IsMember({1}));
  app.add_option("--coder", only, "only these others")->delimiter(',')->check(CLI::IsMember(names));
  CLI11_PARSE(app, argc, argv);
  const auto parsed = parse_size(size);
  if (!parsed.ok()) {
    std::fprintf(stderr, "%s\n", parsed.error().message.c_str());
    return 2;
  }
  options.size = parsed.value();
  bool good = true;
  for (const std::string& file : files) good = compare(options, file, only) && good;
  return good ? 0 : 1;
}
