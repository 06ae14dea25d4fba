#include "tests/session/virtual_page.h"

#include "codec/tile_hash.h"
#include "protocol/wire.h"

namespace vitrine::session {
namespace {

constexpr Micros kReconnect = 200 * kMillisecond;
constexpr Micros kReconnectAfterRefusal = kSecond;

}  // namespace

VirtualPage::VirtualPage(VirtualDesktop& desktop, Size window, Connections& connections, VirtualGateway& gateway,
                         EmulatedLink& network, const TicketSigner& broker, uint8_t number)
    : desktop_(desktop),
      window_(window),
      connections_(connections),
      gateway_(gateway),
      network_(network),
      broker_(broker),
      cache_id_(kCacheIdBytes, number) {}

void VirtualPage::fail(const std::string& what) {
  if (fault_.empty()) fault_ = what;
}

// --- the connection -------------------------------------------------------------------------------------------

void VirtualPage::connect(Micros now) {
  connect_at_ = now + kReconnect;
  if (!gateway_.up() || !network_.open()) return;
  const Bytes ticket = broker_
                           .sign({.desktop = desktop_.name(),
                                  .session = "s1",
                                  .user = "ada",
                                  .origin = kOrigin,
                                  .rights = kMayView | kMayInput | kMayResize,
                                  .issued_s = unix_seconds(now),
                                  .expires_s = unix_seconds(now) + 60})
                           .take();
  link_ = connections_.open(network_);
  gateway_.accept(*link_);
  ++counts_.connections;
  health_.emplace(now);
  state_.reset();
  holdings_due_ = false;
  outbox_.clear();
  in_decoder_.clear();
  busy_until_ = 0;
  sequence_ = last_update_ = shown_input_ = epoch_ = flags_ = 0;
  send(serialize(ViewerHello{.ticket = ticket,
                             .capabilities = capabilities_,
                             .width = static_cast<uint32_t>(window_.width),
                             .height = static_cast<uint32_t>(window_.height),
                             .browser = "Simulated 1",
                             .cache_kib = cache_kib_,
                             .holdings = holdings()}));
  if (hidden_) send(serialize(Visibility{.visible = false}));
}

// The picture and the archive as the decoder has them now.
Bytes VirtualPage::holdings() const {
  Holdings result{.cache = cache_id_, .tiles = {}};
  if (!decoder_) return serialize(result);
  const Size size = decoder_->size();
  result.width = static_cast<uint32_t>(size.width);
  result.height = static_cast<uint32_t>(size.height);
  for (uint32_t tile = 0; tile < codec::tile_count(size); ++tile) {
    const uint64_t hash = decoder_->wide_tile_hash(tile);
    for (int shift = 0; shift < 64; shift += 8) result.tiles.push_back(static_cast<uint8_t>(hash >> shift));
  }
  result.entries = decoder_->archive().kept();
  result.checksum = decoder_->archive().checksum();
  return serialize(result);
}

void VirtualPage::disconnect(Micros now, Micros wait) {
  connections_.close_near(*link_);
  link_.reset();
  state_.reset();
  outbox_.clear();
  connect_at_ = now + wait;
}

void VirtualPage::lose_connection(Micros now) {
  if (link_) disconnect(now, kReconnect);
}

void VirtualPage::leave() {
  left_ = true;
  lose_connection(0);
}

void VirtualPage::send(const Bytes& message) {
  if (link_) outbox_.push_back(message);
}

size_t VirtualPage::waiting_bytes() const {
  size_t bytes = 0;
  for (const Bytes& message : outbox_) bytes += message.size();
  return bytes;
}

// --- the person -----------------------------------------------------------------------------------------------

void VirtualPage::type(const std::string& text) {
  if (connected()) send(serialize(TextInput{.sequence = ++sequence_, .text = text}));
}

void VirtualPage::press(bool down) {
  if (connected()) send(serialize(Key{.sequence = ++sequence_, .down = down, .code = "ShiftLeft", .key = "Shift"}));
}

void VirtualPage::move_pointer(int x, int y) {
  if (connected()) send(serialize(PointerMove{.sequence = ++sequence_, .x = x, .y = y}));
}

void VirtualPage::resize(Size window) {
  window_ = window;
  send(serialize(Resize{.width = static_cast<uint32_t>(window.width), .height = static_cast<uint32_t>(window.height)}));
}

void VirtualPage::hide(bool hidden) {
  hidden_ = hidden;
  send(serialize(Visibility{.visible = !hidden}));
}

void VirtualPage::prefer(const Preferences& preferences) {
  send(serialize(preferences));
}

// --- messages -------------------------------------------------------------------------------------------------

void VirtualPage::receive(const Bytes& message, Micros now) {
  health_->on_received(now);
  const auto from_other_end = [](Direction direction) {
    return direction == Direction::kAgentToViewer || direction == Direction::kGatewayToPeer ||
           direction == Direction::kBoth;
  };
  const auto result = dispatch(message, from_other_end, [&](const auto& parsed) { this->handle(parsed, now); });
  if (!result.ok()) fail(result.error().message);
}

void VirtualPage::handle(const Welcome& welcome, Micros) {
  if (welcome.version != kProtocolVersion) fail("another protocol version was agreed on");
}

void VirtualPage::handle(const DesktopStatus& status, Micros) {
  state_ = status.state;
  holdings_due_ = status.state == DesktopState::kLost;
}

void VirtualPage::handle(const SurfaceReset& reset, Micros) {
  if (reset.width == 0 || reset.height == 0) return fail("a surface without pixels");
  // Another agent link starts to count again.
  epoch_ = reset.epoch;
  const Size size{static_cast<int>(reset.width), static_cast<int>(reset.height)};
  if (decoder_) {
    if (!decoder_->restart(size).ok()) return fail("a surface that cannot be");
  } else {
    decoder_ = codec::Decoder::create(size, codec::archive_pixels(cache_kib_)).take();
  }
  flags_ = 0;
  if (reset.epoch == 1) {
    last_update_ = shown_input_ = 0;
    in_decoder_.clear();
  }
}

void VirtualPage::handle(const Update& update, Micros now) {
  if (!decoder_) return fail("an update before the first SurfaceReset");
  if (update.id != last_update_ + 1)
    fail("update " + std::to_string(update.id) + " follows " + std::to_string(last_update_));
  if (update.input_sequence < shown_input_ || update.input_sequence > sequence_) fail("an input's echo out of order");
  const auto applied = decoder_->apply(update.body);
  if (!applied.ok())
    return fail("update " + std::to_string(update.id) + " does not decode: " + applied.error().message + "; " +
                describe());
  show_frames(update, now);
  if (busy_time_ > 0) {
    busy_random_ = busy_random_ * 1664525 + 1013904223;
    busy_until_ = now + static_cast<Micros>(busy_random_ >> 8) * busy_time_ / (1 << 24);
  }
  last_update_ = update.id;
  shown_input_ = update.input_sequence;
  flags_ = update.flags;
  shown_capture_ = static_cast<Micros>(update.capture_us);
  ++counts_.updates;
  counts_.update_bytes += update.body.size();
  counts_.oldest_picture = std::max(counts_.oldest_picture, now - static_cast<Micros>(update.capture_us));
  const Micros busy = says_busy_ && busy_until_ > now ? busy_until_ - now : 0;
  send(serialize(FrameAck{
      .update_id = update.id, .received_us = static_cast<uint64_t>(now), .decode_us = static_cast<uint32_t>(busy)}));
}

void VirtualPage::show_frames(const Update& update, Micros now) {
  for (const codec::VideoPacket& packet : decoder_->video_packets()) {
    if ((packet.flags & codec::kVideoEnd) != 0) continue;
    ++counts_.frames;
    if (packet.codec == codec::VideoCodec::kH264) continue;
    const auto bytes = std::span(update.body).subspan(packet.offset, packet.length);
    const auto frame = films_[static_cast<size_t>(packet.stream)].decode(bytes);
    if (!frame.ok()) {
      fail("a frame cannot be shown: " + frame.error().message);
    } else if (frame.value()->size() != Size{packet.area.width, packet.area.height}) {
      fail("a frame has another size than its stream");
    }
  }
  if (decoder_->video_packets().empty()) return;
  const Micros begins = in_decoder_.empty() ? now : std::max(now, in_decoder_.back().done_at);
  in_decoder_.push_back({update.id, static_cast<Micros>(update.capture_us), begins + decode_time_});
}

bool VirtualPage::finish_frames(Micros now) {
  bool any = false;
  for (; !in_decoder_.empty() && in_decoder_.front().done_at <= now; any = true) {
    counts_.oldest_frame = std::max(counts_.oldest_frame, now - in_decoder_.front().captured_at);
    send(serialize(VideoAck{in_decoder_.front().update_id}));
    in_decoder_.pop_front();
  }
  return any;
}

void VirtualPage::handle(const PictureCheck& check, Micros) {
  PictureCheckResult result{.update_id = check.update_id};
  for (size_t i = 0; i < check.tiles.size(); ++i) {
    if (decoder_->tile_hash(check.tiles[i]) != check.hashes[i]) result.wrong_tiles.push_back(check.tiles[i]);
  }
  counts_.checked_tiles += static_cast<int>(check.tiles.size());
  if (!result.wrong_tiles.empty())
    fail("tile " + std::to_string(result.wrong_tiles[0]) + " is not what the agent holds");
  send(serialize(result));
}

void VirtualPage::handle(const Close& close, Micros now) {
  ++counts_.closes;
  last_close_ = close.reason;
  if (close.code == CloseCode::kProtocolError) fail("closed for a protocol error: " + close.reason);
  if (link_) disconnect(now, kReconnectAfterRefusal);
}

void VirtualPage::handle(const Ping& ping, Micros) {
  send(serialize(Pong{ping.time_us}));
  if (std::exchange(holdings_due_, false)) outbox_.push_back(holdings());
}

void VirtualPage::handle(const Pong& pong, Micros now) {
  health_->handle_pong(pong, now);
}

// --- time -----------------------------------------------------------------------------------------------------

bool VirtualPage::step(Micros now) {
  if (left_) return false;
  if (!link_) {
    if (now < connect_at_) return false;
    connect(now);
    return link_.has_value();
  }
  Connection* connection = connections_.find(*link_);
  const bool hung_up = connection != nullptr && !connection->gateway_open && connection->down.drained();
  if (connection == nullptr || !connection->near_open || hung_up || health_->timed_out(now)) {
    disconnect(now, kReconnect);
    return true;
  }
  if (const auto ping = health_->take_ping(now)) send(serialize(*ping));
  bool progress = connection->up.pump(now);
  if (now >= busy_until_) busy_until_ = 0;
  // A page answers an update before it takes up the next.
  while (link_ && busy_until_ == 0 && (busy_time_ == 0 || outbox_.empty())) {
    const auto message = connection->down.read(now);
    if (!message) break;
    receive(*message, now);
    progress = true;
  }
  progress = finish_frames(now) || progress;
  if (link_ && busy_until_ == 0 && !outbox_.empty() && connection->up.can_write()) {
    connection->up.write(outbox_.front());
    outbox_.pop_front();
    progress = true;
  }
  return progress;
}

Micros VirtualPage::next_deadline() const {
  if (left_) return kNever;
  if (!link_) return connect_at_;
  const Micros decoded = in_decoder_.empty() ? kNever : in_decoder_.front().done_at;
  if (busy_until_ != 0) return std::min(busy_until_, decoded);
  return std::min(health_->next_deadline(), decoded);
}

bool VirtualPage::is_exact() const {
  return connected() && (flags_ & kUpdateExact) != 0 && shows_the_screen();
}

std::optional<uint32_t> VirtualPage::pixel(int x, int y) const {
  if (!decoder_ || x >= decoder_->size().width || y >= decoder_->size().height) return std::nullopt;
  const uint8_t* rgba = decoder_->rgba() + (static_cast<size_t>(y) * decoder_->size().width + x) * 4;
  return uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
}

bool VirtualPage::shows_the_screen() const {
  if (!decoder_) return false;
  const codec::Picture& picture = desktop_.screen.pixels();
  if (decoder_->size() != picture.size()) return false;
  // At rest no film covers the picture.
  for (int stream = 0; stream < codec::kMaxVideoStreams; ++stream) {
    if (decoder_->video_areas().shows_anything(stream)) return false;
  }
  return shows(picture.bounds());
}

bool VirtualPage::shows(const Rect& area) const {
  const codec::Picture& picture = desktop_.screen.pixels();
  if (!decoder_ || intersect(area, {0, 0, decoder_->size().width, decoder_->size().height}) != area) return false;
  for (int y = area.y; y < area.bottom(); ++y) {
    const uint8_t* rgba = decoder_->rgba() + (static_cast<size_t>(y) * decoder_->size().width + area.x) * 4;
    const uint32_t* const row = picture.row(y) + area.x;
    for (int x = 0; x < area.width; ++x, rgba += 4) {
      const uint32_t shown = uint32_t{rgba[0]} << 16 | uint32_t{rgba[1]} << 8 | rgba[2];
      if (shown != (row[x] & codec::kColourMask)) return false;
    }
  }
  return true;
}

std::string VirtualPage::describe() const {
  std::string text = !link_    ? "no connection"
                     : !state_ ? "connecting"
                               : "state " + std::to_string(static_cast<int>(*state_));
  if (decoder_) text += ", " + std::to_string(decoder_->size().width) + "x" + std::to_string(decoder_->size().height);
  return text + ", connections " + std::to_string(counts_.connections) + ", closes " + std::to_string(counts_.closes) +
         ", updates " + std::to_string(counts_.updates) + ", flags " + std::to_string(flags_) + ", right pixels " +
         std::to_string(shows_the_screen()) + ", last close: " + last_close_;
}
}  // namespace vitrine::session
