// Takes what programs print and keeps the first megabyte of it in a file: a chatty program fills no disk.
#pragma once

#include <string>

#include "broker/provision/unique_fd.h"
#include "protocol/base/result.h"

namespace vitrine::broker {

class LogPipe {
 public:
  static Result<LogPipe> create(const std::string& path);

  // Programs write here.
  [[nodiscard]] int input() const { return input_.get(); }
  // To be polled for reading.
  [[nodiscard]] int fd() const { return output_.get(); }
  void drain();

 private:
  UniqueFd input_;
  UniqueFd output_;
  UniqueFd file_;
  size_t kept_ = 0;
};

}  // namespace vitrine::broker
