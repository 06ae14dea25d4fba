// What testing a provider found, step by step, for the administrator who sets it up.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace vitrine::broker {

struct ProviderTestStep {
  std::string name;  // "address", "certificate", "keys", ...
  bool ok = false;
  std::string detail;  // a sentence
};

// Notes the outcome of a step; true when the next one may follow.
template <class T>
bool note_step(std::vector<ProviderTestStep>& steps, std::string name, const Result<T>& outcome, std::string detail) {
  const bool ok = outcome.ok();
  steps.push_back({std::move(name), ok, ok ? std::move(detail) : outcome.error().message});
  return ok;
}

}  // namespace vitrine::broker
