// The screen coder on raw pictures: `screen_bench [--size 1920x1080] [--repeat N] FILE.bgra ...` prints one JSON
// object a line for each file: bytes, B/px, MP/s of both sides (best of N, CPU time), and whether the decoded picture
// is equal.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "codec/dec_screen.h"
#include "codec/enc_screen.h"

namespace vitrine::codec {
namespace {

struct Options {
  Size size{1920, 1080};
  int repeat = 5;
  std::vector<std::string> files;
};

bool read_frame(const std::string& path, Picture& picture) {
  std::ifstream in(path, std::ios::binary);
  const auto bytes = static_cast<std::streamsize>(picture.bounds().area() * 4);
  return static_cast<bool>(in.read(reinterpret_cast<char*>(picture.row(0)), bytes));
}

// CPU time of this thread: other programs on the machine count less than on a wall clock.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

bool equal(const Picture& a, const Picture& b) {
  const auto count = static_cast<size_t>(a.bounds().area());
  for (size_t i = 0; i < count; ++i) {
    if (((a.row(0)[i] ^ b.row(0)[i]) & kColourMask) != 0) return false;
  }
  return true;
}

// Whether the decoded picture was equal every time.
bool bench_file(const std::string& path, const Options& options) {
  Picture source(options.size);
  if (!read_frame(path, source)) {
    std::fprintf(stderr, "%s: is not a raw BGRX picture of %dx%d; give --size.\n", path.c_str(), options.size.width,
                 options.size.height);
    std::exit(1);
  }
  const Picture black(options.size);
  Picture decoded(options.size);
  ScreenEncoder encoder;
  ScreenDecoder decoder;
  double encode_s = 1e9;
  double decode_s = 1e9;
  std::vector<uint8_t> out;
  bool exact = true;
  for (int i = 0; i < options.repeat; ++i) {
    encoder.reset();
    decoder.reset();
    out.clear();
    double start = cpu_seconds();
    encoder.encode(source.view(), black.view(), source.bounds(), out);
    encode_s = std::min(encode_s, cpu_seconds() - start);
    std::fill_n(decoded.row(0), decoded.bounds().area(), 0u);
    start = cpu_seconds();
    const auto taken = decoder.decode(out, decoded.row(0), decoded.width(), decoded.size(), decoded.bounds());
    decode_s = std::min(decode_s, cpu_seconds() - start);
    exact = exact && taken.ok() && equal(source, decoded) && encoder.state_checksum() == decoder.state_checksum();
  }
  const double pixels = static_cast<double>(source.bounds().area());
  std::printf(
      "{\"file\":\"%s\",\"bytes\":%zu,\"bytes_per_pixel\":%.5f,\"encode_mpixels_per_s\":%.1f,"
      "\"decode_mpixels_per_s\":%.1f,\"exact\":%s,\"state_bytes\":%zu}\n",
      path.substr(path.rfind('/') + 1).c_str(), out.size(), static_cast<double>(out.size()) / pixels,
      pixels / encode_s / 1e6, pixels / decode_s / 1e6, exact ? "true" : "false", encoder.memory_bytes());
  return exact;
}

}  // namespace
}  // namespace vitrine::codec

int main(int argc, char** argv) {
  vitrine::codec::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--size" && i + 1 < argc) {
      if (std::sscanf(argv[++i], "%dx%d", &options.size.width, &options.size.height) != 2) return 2;
    } else if (argument == "--repeat" && i + 1 < argc) {
      options.repeat = std::max(1, std::atoi(argv[++i]));
    } else {
      options.files.push_back(argument);
    }
  }
  if (options.files.empty() || options.size.width < 1 || options.size.height < 1) {
    std::fprintf(stderr, "usage: screen_bench [--size WxH] [--repeat N] FILE.bgra ...\n");
    return 2;
  }
  bool exact = true;
  for (const std::string& file : options.files) exact = vitrine::codec::bench_file(file, options) && exact;
  return exact ? 0 : 1;
}
