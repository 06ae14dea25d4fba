// `vitrine pool`: how a pool keeps its desktops.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "protocol/base/result.h"

namespace vitrine::broker {

// Options of `pool add` and `pool set`; what is not given stays as it is.
struct PoolOptions {
  std::string kind;
  std::optional<int64_t> spares;
  std::optional<int64_t> max;
  std::optional<int64_t> rebuild_s;
  std::optional<std::string> home_template;
  std::optional<std::string> message;
  [[nodiscard]] bool any() const;
};
void add_pool_options(CLI::App& verb, PoolOptions& options);
// Errors: the broker's.
Result<void> set_pool(const std::string& data, const std::string& id, const PoolOptions& options);

// drain, undrain, status.
void add_pool_verbs(CLI::App& noun, int& exit_status);

}  // namespace vitrine::broker
