// What one run over one file measured, and the JSON line that says it. Our codec and the others it is compared with
// fill in the same.
#pragma once

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "codec/picture.h"

namespace vitrine::codec {

// Processor time of the calling thread in milliseconds: what others do on the machine does not count.
double cpu_ms();

class Series {
 public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  // The smallest value that `share` (0..1) of all are not above; 0 when there is none.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double mean() const;

 private:
  std::vector<double> values_;
};

// Peak signal to noise ratio in dB over the colour bytes; infinite when equal.
double psnr(const PictureView& a, const PictureView& b);
// Whether all colours are equal; the X byte is not looked at.
bool same_colours(const PictureView& a, const PictureView& b);

struct Figures {
  std::string file;
  std::string coder;
  int frames = 0;
  size_t bytes_total = 0;
  size_t bytes_key = 0;  // the first frame
  double encode_ms_key = 0;
  double decode_ms_key = 0;
  double encode_ms_total = 0;
  int64_t coded_pixels = 0;
  bool exact = true;
  double psnr_min_db = INFINITY;
  int still_frames_to_exact = 0;
  std::map<std::string, size_t> by_coding;
  nlohmann::ordered_json film;  // more keys, where a film was watched

  // What one frame cost; the first one is kept apart from the updates that follow it.
  void add(bool first, size_t bytes, double encode_ms, double decode_ms);
  Series update_bytes;
  Series first_paint_bytes;  // without refinement, until the last frame came
  Series encode_ms;
  Series decode_ms;

  // The line, with the keys that bench/README.md explains. A file of one frame has no update after the first; its
  // figures then stand for both.
  [[nodiscard]] nlohmann::ordered_json json() const;
};

}  // namespace vitrine::codec
