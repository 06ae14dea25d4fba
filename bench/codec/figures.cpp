#include "bench/codec/figures.h"

#include <algorithm>
#include <ctime>

#include "codec/enc_diff.h"

namespace vitrine::codec {

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double Series::quantile(double share) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5)];
}

double Series::mean() const {
  double total = 0;
  for (const double value : values_) total += value;
  return values_.empty() ? 0 : total / static_cast<double>(values_.size());
}

double psnr(const PictureView& a, const PictureView& b) {
  double squares = 0;
  for (int y = 0; y < a.height; ++y) {
    int64_t row = 0;
    for (int x = 0; x < a.width; ++x) {
      for (int shift = 0; shift < 24; shift += 8) {
        const int difference =
            static_cast<int>(a.row(y)[x] >> shift & 255) - static_cast<int>(b.row(y)[x] >> shift & 255);
        row += difference * difference;
      }
    }
    squares += static_cast<double>(row);
  }
  if (squares == 0) return INFINITY;
  return 10 * std::log10(255.0 * 255.0 * 3 * a.width * a.height / squares);
}

bool same_colours(const PictureView& a, const PictureView& b) {
  for (int y = 0; y < a.height; ++y) {
    if (!rows_equal(a.row(y), b.row(y), a.width)) return false;
  }
  return true;
}

void Figures::add(bool first, size_t bytes, double encode, double decode) {
  bytes_total += bytes;
  encode_ms_total += encode;
  if (first) {
    bytes_key = bytes;
    encode_ms_key = encode;
    decode_ms_key = decode;
  } else if (bytes > 0) {
    update_bytes.add(static_cast<double>(bytes));
    encode_ms.add(encode);
    decode_ms.add(decode);
  }
}

nlohmann::ordered_json Figures::json() const {
  if (update_bytes.empty()) {
    Figures alone = *this;
    alone.update_bytes.add(static_cast<double>(bytes_key));
    alone.encode_ms.add(encode_ms_key);
    alone.decode_ms.add(decode_ms_key);
    return alone.json();
  }
  const auto rounded = [](double value) { return std::round(value * 1000) / 1000; };
  const double megapixels = static_cast<double>(coded_pixels) / 1e6;
  nlohmann::ordered_json line = {
      {"file", file},
      {"coder", coder},
      {"frames", frames},
      {"bytes_total", bytes_total},
      {"bytes_key", bytes_key},
      {"bytes_per_update_p50", update_bytes.quantile(0.5)},
      {"bytes_per_update_p95", update_bytes.quantile(0.95)},
      {"bytes_per_update_max", update_bytes.quantile(1)},
      {"bytes_per_update_mean", rounded(update_bytes.mean())},
      {"bytes_first_paint_mean", rounded(first_paint_bytes.mean())},
      {"encode_ms_p50", rounded(encode_ms.quantile(0.5))},
      {"encode_ms_p95", rounded(encode_ms.quantile(0.95))},
      {"encode_ms_mean", rounded(encode_ms.mean())},
      {"decode_ms_p50", rounded(decode_ms.quantile(0.5))},
      {"decode_ms_p95", rounded(decode_ms.quantile(0.95))},
      {"encode_ms_key", rounded(encode_ms_key)},
      {"decode_ms_key", rounded(decode_ms_key)},
      {"encode_mpixels_per_s", encode_ms_total > 0 ? rounded(megapixels / (encode_ms_total / 1000)) : 0},
      {"exact", exact},
      {"psnr_min_db", std::isfinite(psnr_min_db) ? nlohmann::ordered_json(rounded(psnr_min_db)) : nullptr},
      {"still_frames_to_exact", still_frames_to_exact},
      {"by_coding", by_coding},
  };
  line.update(film.is_null() ? nlohmann::ordered_json::object() : film);
  return line;
}

}  // namespace vitrine::codec
