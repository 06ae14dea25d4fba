#include "host-agent/agent_program.h"

#include <malloc.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>

#include "codec/video_encoders.h"
#include "host-agent/clipboard/x11_clipboard.h"
#include "host-agent/control_channel.h"
#include "host-agent/idle_trim.h"
#include "host-agent/input/xtest_input.h"
#include "host-agent/link/event_loop.h"
#include "host-agent/screen/x11_screen.h"

namespace vitrine::agent {
namespace {

// Viewers are told why before the program ends; one that does not read is not waited for longer.
constexpr Micros kFarewell = kSecond;
// How far the broker's record of a session that dies without a word may lag behind.
constexpr Micros kMeasureEvery = 10 * kSecond;
constexpr Micros kControlRetry = 100 * kMillisecond;
// Memory blocks from this size on go back to the system when they are freed: pictures and films of viewers that have
// left. Without a fixed size the C library raises it after the first and keeps them.
constexpr int kMappedFrom = 256 * 1024;
// Of smaller ones so much stays in a pause: what the next picture takes.
constexpr size_t kKeptFree = 1024 * 1024;

Bytes random_bytes(size_t count) {
  Bytes bytes(count);
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(count)) == 1);
  return bytes;
}

// SIGTERM and SIGINT as a descriptor.
class StopSignals {
 public:
  static Result<std::unique_ptr<StopSignals>> create() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const int fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) return Error{ErrorCode::kIo, "signals cannot be received"};
    return std::unique_ptr<StopSignals>(new StopSignals(fd));
  }
  ~StopSignals() { close(fd_); }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool take() const {
    signalfd_siginfo info{};
    return read(fd_, &info, sizeof info) == sizeof info;
  }

 private:
  explicit StopSignals(int fd) : fd_(fd) {}
  int fd_;
};

// One thread owns all of it.
class AgentProgram {
 public:
  static Result<std::unique_ptr<AgentProgram>> create(const AgentOptions& options) {
    auto program = std::make_unique<AgentProgram>();
    // What can be wrong with the call is found before anything is touched.
    program->tls_ = TRY(GatewayTls::create());
    TRY(program->tls_->trust(options.gateway.certificate_file));
    TRY(read_credential(options.gateway.credential_file));
    if (options.control_fd) program->control_.emplace(TRY(ControlChannel::create(*options.control_fd)));
    program->signals_ = TRY(StopSignals::create());
    program->display_ = TRY(X11Display::connect(options.display));
    program->screen_ = TRY(X11Screen::create(*program->display_));
    program->hands_ = TRY(XtestInput::create(*program->display_, options.input_devices));
    program->clipboard_ = TRY(X11Clipboard::create(*program->display_));
    program->primary_ = TRY(X11Clipboard::create(*program->display_, X11Clipboard::Selection::kPrimary));
    program->agent_ = std::make_unique<DesktopAgent>(*program->screen_, *program->hands_, codec::make_video_encoder,
                                                     program->clipboard_.get(), program->primary_.get());
    program->agent_->keep_on_devices(random_bytes);
    program->loop_ = TRY(EventLoop::create(*program->tls_));
    program->links_ =
        std::make_unique<GatewayLinks>(*program->loop_, *program->agent_, *program->tls_, options.gateway);
    TRY(program->watch());
    return program;
  }

  Result<void> run() {
    for (;;) {
      const Micros now = monotonic_now();
      if (trim_.due(now)) malloc_trim(kKeptFree);
      trim_.turned(now);
      agent_->advance(now);
      if (agent_->fault() && !stopping()) begin_stop(now);
      links_->advance(now);
      report(now);
      if (stopping() && (links_->empty() || now >= stop_at_)) break;
      Micros until = std::min({agent_->next_deadline(now), links_->next_deadline(), trim_.next_deadline(), stop_at_});
      if (control_ && !control_->flush()) until = std::min(until, now + kControlRetry);
      if (display_->dispatch_unread()) until = now;
      loop_->run_once(until);
    }
    if (control_) {
      control_->tell_measure(agent_->measure(monotonic_now()));
      control_->flush();
    }
    if (agent_->fault()) return *agent_->fault();
    return {};
  }

 private:
  Result<void> watch() {
    // The X server's events are read by agent_->advance() in every turn of the loop.
    TRY(loop_->watch(display_->fd(), [] {}));
    TRY(loop_->watch(signals_->fd(), [this] {
      if (!signals_->take() || stopping()) return;
      spdlog::info("told to stop");
      agent_->close_all(CloseCode::kShuttingDown, "The desktop's agent stops.");
      begin_stop(monotonic_now());
    }));
    if (control_) TRY(loop_->watch(control_->fd(), [this] { obey(); }));
    return {};
  }

  void obey() {
    for (const ControlOrder& order : control_->receive()) {
      if (const auto* disconnect = std::get_if<DisconnectViewers>(&order)) {
        // A page that is told so does not come back by itself, but may when its user wants.
        agent_->close_all(CloseCode::kReplaced, disconnect->reason);
      } else if (const auto* notice = std::get_if<Notice>(&order)) {
        agent_->notify(notice->level, notice->text);
      } else if (const auto* readmit = std::get_if<Readmit>(&order)) {
        agent_->require_generation(readmit->generation, readmit->reason);
      } else if (const auto* close = std::get_if<Close>(&order)) {
        spdlog::info("told to close: {}", close->reason);
        agent_->close_all(close->code, close->reason);
        begin_stop(monotonic_now());
      } else if (!stopping()) {
        spdlog::info("the supervisor is gone");
        agent_->close_all(CloseCode::kShuttingDown, "The desktop's supervisor stopped.");
        begin_stop(monotonic_now());
      }
    }
  }

  [[nodiscard]] bool stopping() const { return stop_at_ != kNever; }
  void begin_stop(Micros now) {
    if (stopping()) return;
    stop_at_ = now + kFarewell;
    links_->stop();
  }

  void report(Micros now) {
    if (!control_) return;
    if (!told_ready_ && links_->was_welcomed()) {
      told_ready_ = true;
      control_->tell_ready();
    }
    control_->tell_viewers(agent_->viewers(), agent_->screen_size(), agent_->scale_percent());
    // No timer of its own: what changes it wakes the loop, and an idle desktop stays idle.
    const size_t viewers = agent_->viewer_count();
    if (now - measured_at_ < kMeasureEvery && viewers == measured_viewers_) return;
    measured_at_ = now;
    measured_viewers_ = viewers;
    control_->tell_measure(agent_->measure(now));
  }

  std::unique_ptr<GatewayTls> tls_;
  std::optional<ControlChannel> control_;
  std::unique_ptr<StopSignals> signals_;
  std::unique_ptr<X11Display> display_;
  std::unique_ptr<X11Screen> screen_;
  std::unique_ptr<XtestInput> hands_;
  std::unique_ptr<X11Clipboard> clipboard_;
  std::unique_ptr<X11Clipboard> primary_;
  std::unique_ptr<DesktopAgent> agent_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<GatewayLinks> links_;
  IdleTrim trim_;
  Micros stop_at_ = kNever;
  bool told_ready_ = false;
  Micros measured_at_ = 0;
  size_t measured_viewers_ = 0;
};

}  // namespace

Result<void> run_agent(const AgentOptions& options) {
  mallopt(M_MMAP_THRESHOLD, kMappedFrom);
  const auto program = TRY(AgentProgram::create(options));
  return program->run();
}

}  // namespace vitrine::agent
