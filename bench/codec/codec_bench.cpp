// Replays raw BGRX frames through encoder and decoder and prints one JSON object a line for each file; times are
// processor time of the one thread.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/codec/replay.h"

int main(int argc, char** argv) {
  using namespace vitrine::codec;
  ReplayOptions options;
  std::vector<std::string> files;
  std::string size = "1920x1080";
  int threads = 1;
  CLI::App app("Replays raw BGRX frames through the codec");
  app.add_option("files", files, "raw frames, 4 bytes a pixel")->required();
  app.add_option("--size", size, "WIDTHxHEIGHT of the frames");
  app.add_flag("--lossless", options.lossless, "nothing lossy, every frame whole");
  app.add_option("--quality", options.quality, "JPEG quality of first paints")->check(CLI::Range(1, 100));
  app.add_option("--mbit", options.mbit, "the link of a lossy run, Mbit/s")->check(CLI::PositiveNumber);
  app.add_option("--damage", options.damage, "tiles: those that changed; full: the whole screen every frame")
      ->check(CLI::IsMember({"tiles", "full"}));
  app.add_option("--frames", options.frames, "stop after this many")->check(CLI::NonNegativeNumber);
  app.add_option("--threads", threads, "the codec uses one")->check(CLI::IsMember({1}));
  app.add_option("--dump", options.dump, "append the update bodies to this file");
  app.add_flag("--verbose", options.verbose, "a line for each update on stderr");
  CLI11_PARSE(app, argc, argv);
  const auto parsed = parse_size(size);
  if (!parsed.ok()) {
    std::fprintf(stderr, "%s\n", parsed.error().message.c_str());
    return 2;
  }
  options.size = parsed.value();
  bool good = true;
  for (const std::string& file : files) {
    const auto figures = Replay(options, file).run();
    if (figures.ok()) {
      std::printf("%s\n", figures.value().json().dump().c_str());
      std::fflush(stdout);
    } else {
      std::fprintf(stderr, "%s\n", figures.error().message.c_str());
      good = false;
    }
  }
  return good ? 0 : 1;
}
