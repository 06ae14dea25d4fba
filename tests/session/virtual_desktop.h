// A desktop of a simulated world: its screen and hands, which live as long as the world, and an agent with its shell,
// which may crash and come back.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "codec/memory_video_encoder.h"
#include "host-agent/desktop_agent.h"
#include "host-agent/encoding_turns.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "protocol/link.h"
#include "tests/session/virtual_gateway.h"
#include "tests/session/virtual_processor.h"

namespace vitrine::session {

class VirtualDesktop {
 public:
  VirtualDesktop(std::string name, Size size, Connections& connections, VirtualGateway& gateway, EmulatedLink& network,
                 const TicketSigner& broker);

  agent::MemoryScreen screen;
  agent::RecordingInput hands;
  // What its agents code moving pictures with; an agent that is up keeps what it was made with.
  codec::MakeVideoEncoder make_video = codec::MemoryVideoEncoder::create;
  // With it, viewers take turns as they do in the agent's shell.
  EncodingTime encoding_time;

  [[nodiscard]] const std::string& name() const { return name_; }
  // The agent dies with all its connections and is back after `away`.
  void crash(Micros now, Micros away);
  // Something was drawn.
  void touch() { touched_ = true; }

  // Does what can be done now; true when that was something.
  bool step(Micros now);
  [[nodiscard]] Micros next_deadline() const;

  // How it is doing, for the message of a failed test.
  [[nodiscard]] std::string describe(Micros now) const;
  // Of the viewer that came last; null when there is none.
  [[nodiscard]] const agent::Pacer* newest_pacer() const;
  [[nodiscard]] size_t viewers() const { return agent_ ? agent_->viewer_count() : 0; }
  // By how much updates on their way ever passed what the pacer allowed; one update may.
  [[nodiscard]] size_t largest_overshoot() const { return largest_overshoot_; }

 private:
  struct Link {
    std::optional<agent::ViewerId> viewer;
    LinkHealth health;  // of an idle link; the agent looks after the others
  };

  void dial(Micros now);
  bool serve(uint64_t id, Link& link, Micros now);
  bool serve_idle(Connection& connection, Link& link, Micros now);
  bool serve_viewer(uint64_t id, Connection& connection, Link& link, Micros now);
  std::optional<Bytes> next_message(uint64_t id, agent::ViewerId viewer, Micros now);
  bool finish_encoding(Micros now);
  bool pump_links(Micros now);
  void hang_up(uint64_t id, Micros now);

  std::string name_;
  Connections& connections_;
  VirtualGateway& gateway_;
  EmulatedLink& network_;
  Bytes credential_;
  VirtualProcessor processor_;
  agent::EncodingTurns turns_;
  std::optional<uint64_t> encoding_for_;  // the link whose update the processor is busy with
  bool refused_ = false;                  // somebody waits for the next turn
  Micros now_ = 0;
  std::unique_ptr<agent::DesktopAgent> agent_;
  std::map<uint64_t, Link> links_;
  Micros back_at_ = 0;
  Micros dial_at_ = 0;
  bool touched_ = true;
  size_t largest_overshoot_ = 0;
};

}  // namespace vitrine::session
