// Made by vitrine_gen from the field lists in protocol/messages.h and protocol/limits.h; change those, then run
// `./dev gen`. How a field looks as bytes is in wire.ts.

import { WireError, WireReader, WireWriter } from './wire.js';

// Times are in microseconds, sizes in bytes.
/** What a viewer's browser can do; bits of ViewerHello::capabilities. */
export const kCanDecodeJpeg = 1;
export const kCanDecodeH264 = 2;
export const kCanDecodeVp8 = 4;
export const kCanDecodeVp9 = 8;
export const kHasTouch = 16;
/** on its device, encrypted */
export const kCanKeepSnapshots = 32;
/** What a session's policy allows; bits of Ticket::rights. The gateway drops and the agent refuses what is not granted. */
export const kMayView = 1;
export const kMayInput = 2;
export const kMayResize = 4;
/** From the desktop's clipboard to the viewer's, and back. */
export const kMayCopyText = 8;
export const kMayCopyHtml = 16;
export const kMayCopyImage = 32;
export const kMayPasteText = 64;
export const kMayPasteHtml = 128;
export const kMayPasteImage = 256;
/** what was seen, encrypted (snapshot_messages.h) */
export const kMayKeepOnDevice = 512;
export const kClipText = 1;
export const kClipHtml = 2;
export const kClipImage = 4;
/** after it the viewer lacks nothing, though parts may be lossy */
export const kUpdateComplete = 1;
/** after it every pixel equals the desktop's */
export const kUpdateExact = 2;
/** Bits of Key::modifiers and Key::locks, as the browser reported them with the event. */
export const kModShift = 1;
export const kModControl = 2;
export const kModAlt = 4;
export const kModMeta = 8;
export const kModAltGraph = 16;
export const kModCapsLock = 32;
export const kModNumLock = 64;
/** Version of the protocol. A peer offers a range; the highest common one is used. */
export const kProtocolVersion = 1;
/** still spoken */
export const kOldestProtocolVersion = 1;
/** Of a 64-bit integer on the wire: what a JavaScript number holds exactly; as microseconds 285 years. */
export const kWireIntegerBits = 53;
export const kMaxWireInteger = 9007199254740991;
/** An update body. Updates are cut to a few milliseconds of the link, so even a first picture of a photo comes as many; 1 MiB leaves room for one incompressible 512x512 rectangle. */
export const kMaxUpdateBody = 1048576;
/** Any message: the largest body and its few header bytes. */
export const kMaxMessage = 1049600;
/** What a viewer sends. The largest is a PictureCheckResult that calls every tile of the largest screen wrong: 48 KiB. */
export const kMaxViewerMessage = 65536;
/** What a viewer tells of the picture and the cache it still has, as a message inside of its hello, which has to stay below kMaxViewerMessage. */
export const kMaxHoldings = 63488;
/** of a wide hash, as Holdings names tiles */
export const kTileHashBytes = 8;
/** Tiles it may name: a screen of 7680x4096. Of a larger one the rest is sent again. */
export const kMaxHeldTiles = 7680;
/** A page's number for its cache: random, so that nobody names another's. */
export const kCacheIdBytes = 16;
/** AES-256 */
export const kSnapshotKeyBytes = 32;
/** What an upgrade may bring: 7,510 bytes as base64url, as proxies take headers of 8 KiB. A page that shows 1920x1080 says 4.3 KiB; what does not fit goes as the link's first message, inside of kMaxViewerMessage. */
export const kMaxOpening = 5632;
export const kMaxOpeningHello = 64512;
/** the broker's longest has 2 KiB */
export const kMaxOpeningAnswer = 8192;
/** A signed ticket is below 800 bytes with the longest names; some room for fields to come. */
export const kMaxTicket = 1024;
/** user, desktop, session, program names */
export const kMaxName = 128;
/** sentences shown to a person */
export const kMaxReason = 256;
/** what an administrator says: 500 characters of any script */
export const kMaxNotice = 2048;
/** the longest standard KeyboardEvent.code has 18 characters */
export const kMaxKeyName = 32;
/** one commit of text input; longer pastes go through the clipboard */
export const kMaxText = 4096;
/** One format of a clipboard: a screenshot of the largest screens as PNG; more goes as a file. */
export const kMaxClipboard = 33554432;
/** 26 ms of 5 Mbit/s; input and pixels go between */
export const kMaxClipPart = 16384;
/** what browsers accept is 128; high pixel ratios scale down from 256 */
export const kMaxCursorSide = 256;
export const kMaxCursorPixels = 262144;
/** one tile */
export const kMinScreenSide = 64;
/** A desktop's side. 8192 is a row of three 2560 monitors; a frame stays below 256 MiB. */
export const kMaxScreenSide = 8192;
/** Monitors of one desktop, each a window of the page: more than a desk holds. */
export const kMaxMonitors = 4;
/** numbers that a list says of each */
export const kMonitorFields = 6;
/** Tiles of 64x64 of the largest screen. */
export const kMaxTiles = 16384;
/** An input is timed in seven parts: network, agent, application, encode, transfer, decode, present. */
export const kInputParts = 7;
/** Inputs that one update may answer, or one message may report; nobody types or clicks more often within a second. */
export const kMaxTimedInputs = 32;
/** Input to picture, its parts, and the round trip. */
export const kReportedTimes = 9;
/** Four buckets an octave from 1.6 ms to 6.4 s and one above (protocol/histogram.h): quantiles are right within an eighth. */
export const kLatencyBuckets = 50;
/** What may be asked of a link. Below the least ceiling a screen of text takes seconds; the largest is above any link. */
export const kMinCeilingKbit = 100;
export const kMaxCeilingKbit = 10000000;
/** a frame of a screen */
export const kMinTargetMs = 20;
export const kMaxTargetMs = 1000;
export const kMaxQuality = 100;
/** A link that has been opened says who it is within this time. */
export const kHelloTimeout = 5000000;
/** A link is pinged when nothing was heard for this long. */
export const kPingAfter = 10000000;
/** A link is given up when nothing was heard for this long: a ping and its answer had 15 s. */
export const kPeerTimeout = 25000000;
/** How long a ticket may be used after it was signed. */
export const kTicketLifetimeSeconds = 60;
/** Viewers of one desktop at a time; each costs the agent one held picture. */
export const kMaxViewersPerDesktop = 8;
/** Of RelativePointer::button: none changed. */
export const kNoButton = 255;
/** Of Pen::pressure. */
export const kMaxPenPressure = 1000;
/** Parts of a desktop pixel in a pen's place. */
export const kPenSteps = 16;

export const DesktopState = {
  /** no agent yet for this desktop */
  Starting: 0,
  /** paired with the agent */
  Connected: 1,
  /** the agent's link was cut; waiting for it to come back */
  Lost: 2,
} as const;
export type DesktopState = (typeof DesktopState)[keyof typeof DesktopState];

export const CloseCode = {
  Normal: 0,
  /** the peer sent something that does not follow the protocol */
  ProtocolError: 1,
  /** no common version or capability */
  Unsupported: 2,
  /** forged, expired, used or for something else */
  BadTicket: 3,
  /** policy says no */
  Forbidden: 4,
  /** the peer did not drain what was sent to it */
  TooSlow: 5,
  /** nothing was heard from the peer */
  Timeout: 6,
  /** signed out, ended by an administrator, or the app was closed */
  SessionEnded: 7,
  /** the session was opened elsewhere */
  Replaced: 8,
  /** the desktop is gone and will not come back by itself */
  DesktopFailed: 9,
  /** this server goes; reconnect */
  ShuttingDown: 10,
  /** a named limit was reached */
  Limit: 11,
  /** the agent's link went away; the gateway waits for it to come back */
  DesktopLost: 12,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

export const NoticeLevel = {
  Info: 0,
  Warning: 1,
  Error: 2,
} as const;
export type NoticeLevel = (typeof NoticeLevel)[keyof typeof NoticeLevel];

/** The number each message starts with. */
export const MessageType = {
  ViewerHello: 1,
  AgentHello: 2,
  Welcome: 3,
  DesktopStatus: 4,
  ViewerJoined: 5,
  Close: 6,
  Ping: 7,
  Pong: 8,
  SessionReport: 9,
  ViewerOpening: 10,
  OpeningAnswer: 11,
  SurfaceReset: 16,
  Update: 17,
  CursorShape: 18,
  CursorMoved: 19,
  PictureCheck: 20,
  Notice: 21,
  CopyOffered: 22,
  CopiedText: 23,
  CopiedHtml: 24,
  CopiedImage: 25,
  PasteWanted: 26,
  LinkFigures: 30,
  Key: 32,
  TextInput: 33,
  PointerMove: 34,
  PointerButton: 35,
  Wheel: 36,
  ReleaseAll: 37,
  Resize: 38,
  Visibility: 39,
  FrameAck: 40,
  PictureCheckResult: 41,
  VideoFailed: 42,
  Holdings: 43,
  InputTimes: 44,
  Preferences: 45,
  VideoAck: 46,
  CopyWanted: 47,
  PasteOffered: 48,
  PastedText: 49,
  PastedHtml: 50,
  PastedImage: 51,
  RelativePointer: 64,
  Pen: 65,
  Monitors: 68,
  FollowPrimary: 74,
  SnapshotKey: 84,
  SnapshotSaved: 85,
} as const;

/** The first message of a viewer. */
export interface ViewerHello {
  readonly type: 'ViewerHello';
  /** lowest protocol version it speaks */
  readonly oldestVersion: number;
  /** highest protocol version it speaks */
  readonly newestVersion: number;
  /** signed right to open one session once */
  readonly ticket: Uint8Array;
  /** bits: what the browser can decode and has */
  readonly capabilities: number;
  /** of its window, device pixels */
  readonly width: number;
  /** of its window, device pixels */
  readonly height: number;
  /** device pixels per CSS pixel, times 100 */
  readonly scalePercent: number;
  /** name and version, for the session list */
  readonly browser: string;
  /** IANA name */
  readonly timeZone: string;
  /** BCP 47 tag */
  readonly locale: string;
  /** how much content it keeps for recall, KiB */
  readonly cacheKib: number;
  /** a Holdings message; may be empty */
  readonly holdings: Uint8Array;
  /** which of the desktop's monitors its window is; the first is 0 */
  readonly monitor: number;
  /** where its window stands on the device's screens, CSS pixels */
  readonly left: number;
  /** likewise */
  readonly top: number;
}

/** The first message of an agent on each of its links. */
export interface AgentHello {
  readonly type: 'AgentHello';
  /** lowest protocol version it speaks */
  readonly oldestVersion: number;
  /** highest protocol version it speaks */
  readonly newestVersion: number;
  /** signed by the broker, kind agent, names the desktop */
  readonly credential: Uint8Array;
  /** name and version */
  readonly software: string;
}

/** The gateway accepts a hello. */
export interface Welcome {
  readonly type: 'Welcome';
  /** the protocol version of this link */
  readonly version: number;
  /** the session it opens; empty for an agent */
  readonly session: string;
  /** bits: what the policy allows */
  readonly rights: number;
}

/** Tells a viewer whether its desktop's agent is there. */
export interface DesktopStatus {
  readonly type: 'DesktopStatus';
  /** starting, connected or lost */
  readonly state: DesktopState;
  /** a sentence for the user; may be empty */
  readonly text: string;
}

/** Tells an agent that this link now carries a viewer. Messages are relayed from here on. */
export interface ViewerJoined {
  readonly type: 'ViewerJoined';
  /** number of the viewer at this gateway */
  readonly viewer: number;
  /** the session the ticket names */
  readonly session: string;
  /** whose session it is */
  readonly user: string;
  /** bits: what the policy allows */
  readonly rights: number;
  /** from its hello */
  readonly capabilities: number;
  /** from its hello */
  readonly width: number;
  /** from its hello */
  readonly height: number;
  /** from its hello */
  readonly scalePercent: number;
  /** from its hello */
  readonly browser: string;
  /** from its hello */
  readonly timeZone: string;
  /** from its hello */
  readonly locale: string;
  /** from its hello */
  readonly cacheKib: number;
  /** its Holdings: from its hello, or sent since; may be empty */
  readonly holdings: Uint8Array;
  /** target latency until Preferences say another; 0: the agent's own */
  readonly targetMs: number;
  /** kbit/s that Preferences cannot pass; 0: none */
  readonly ceilingKbit: number;
  /** of lossy pictures until Preferences say another; 0: none */
  readonly qualityFloor: number;
  /** of the rights, from its ticket; the agent refuses one that is out of date */
  readonly generation: number;
  /** from its hello */
  readonly monitor: number;
  /** from its hello */
  readonly left: number;
  /** from its hello */
  readonly top: number;
}

/** The last message of a link: why it is closed. */
export interface Close {
  readonly type: 'Close';
  /** for programs */
  readonly code: CloseCode;
  /** a sentence for a person */
  readonly reason: string;
}

/** Asks the other end of the link (the agent, once paired) for a Pong at once. */
export interface Ping {
  readonly type: 'Ping';
  /** the asker's clock; comes back unchanged */
  readonly timeUs: number;
}

/** Answers a Ping; overtakes pixels. */
export interface Pong {
  readonly type: 'Pong';
  /** copied from the Ping */
  readonly timeUs: number;
  /** the answerer's clock as it answers; 0: it does not say */
  readonly clockUs: number;
}

/** What was measured on this link since the last one; about every 10 s while there is something new. */
export interface SessionReport {
  readonly type: 'SessionReport';
  /** answered by a picture */
  readonly inputs: number;
  /** histograms: input to picture, its seven parts, round trip; buckets as in protocol/histogram.h */
  readonly counts: Uint32Array;
  /** the sum of each of them, microseconds */
  readonly sumsUs: Uint32Array;
}

/** Instead of a viewer's hello: which session it wants. In the upgrade's Sec-WebSocket-Protocol as "vitrine, vitrine-open.BASE64URL", or as the link's first message. */
export interface ViewerOpening {
  readonly type: 'ViewerOpening';
  /** of the catalogue: the user's session of it, or a new one; or empty */
  readonly resource: string;
  /** one that is known; exactly one of the two is given */
  readonly session: string;
  /** the page's token, as in X-CSRF-Token */
  readonly csrf: string;
  /** its ViewerHello, without a ticket */
  readonly hello: Uint8Array;
}

/** What the broker said to an opening. After 200 comes Welcome; after anything else the gateway waits for a ViewerHello with a ticket, as on any link. */
export interface OpeningAnswer {
  readonly type: 'OpeningAnswer';
  /** of the answer in HTTP */
  readonly status: number;
  /** its JSON, without the ticket */
  readonly body: string;
}

/** Starts a picture of this size with fresh decoder state: black, but for what its first update restores of the picture before. Updates of older epochs end here. */
export interface SurfaceReset {
  readonly type: 'SurfaceReset';
  /** counts resets of this link */
  readonly epoch: number;
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
}

/** Changes the picture from one consistent state to the next; applied whole. Answered by FrameAck. */
export interface Update {
  readonly type: 'Update';
  /** counts updates of this link from 1, over resets too */
  readonly id: number;
  /** bits: complete, exact */
  readonly flags: number;
  /** the last input that was injected before this picture was captured */
  readonly inputSequence: number;
  /** when the picture was captured, agent's clock */
  readonly captureUs: number;
  /** from capture to handing over to the link, microseconds */
  readonly agentUs: number;
  /** opaque here; see the codec's bitstream */
  readonly body: Uint8Array;
  /** three for each input that this update is the first to answer: its sequence number, microseconds from receipt to injection and from there to the capture */
  readonly inputs: Uint32Array;
}

/** The pointer's picture, drawn by the browser. Width 0 hides it. */
export interface CursorShape {
  readonly type: 'CursorShape';
  /** pixels, at most 256 */
  readonly width: number;
  /** pixels, at most 256 */
  readonly height: number;
  /** column that points */
  readonly hotX: number;
  /** row that points */
  readonly hotY: number;
  /** rows of R, G, B, A; alpha not premultiplied */
  readonly rgba: Uint8Array;
}

/** A program or another viewer moved the pointer. */
export interface CursorMoved {
  readonly type: 'CursorMoved';
  /** desktop pixels */
  readonly x: number;
  /** desktop pixels */
  readonly y: number;
}

/** Checksums of tiles that changed since the last check, sent when the picture is at rest and exact. */
export interface PictureCheck {
  readonly type: 'PictureCheck';
  /** the update after which they hold */
  readonly updateId: number;
  /** indexes of 64x64 tiles, row by row */
  readonly tiles: Uint32Array;
  /** one for each; see the codec's tile hash */
  readonly hashes: Uint32Array;
}

/** Something the user should know, such as a restarted app. */
export interface Notice {
  readonly type: 'Notice';
  /** info, warning or error */
  readonly level: NoticeLevel;
  /** what to tell the user */
  readonly text: string;
}

/** The desktop's clipboard holds something else now. Its content comes when CopyWanted asks. */
export interface CopyOffered {
  readonly type: 'CopyOffered';
  /** of this content; rises; from 2^31 on it is the PRIMARY selection's */
  readonly serial: number;
  /** bits: as what it can be had; 0: it is empty */
  readonly formats: number;
}

/** A part of the desktop's clipboard as text. */
export interface CopiedText {
  readonly type: 'CopiedText';
  /** copied from the offer */
  readonly serial: number;
  /** bytes of the whole; 0: it cannot be had any more */
  readonly total: number;
  /** of these bytes in the whole */
  readonly offset: number;
  /** the next of them */
  readonly bytes: Uint8Array;
}

/** A part of the desktop's clipboard as HTML. */
export interface CopiedHtml {
  readonly type: 'CopiedHtml';
  /** copied from the offer */
  readonly serial: number;
  /** bytes of the whole; 0: it cannot be had any more */
  readonly total: number;
  /** of these bytes in the whole */
  readonly offset: number;
  /** the next of them */
  readonly bytes: Uint8Array;
}

/** A part of the desktop's clipboard as a PNG file. */
export interface CopiedImage {
  readonly type: 'CopiedImage';
  /** copied from the offer */
  readonly serial: number;
  /** bytes of the whole; 0: it cannot be had any more */
  readonly total: number;
  /** of these bytes in the whole */
  readonly offset: number;
  /** the next of them */
  readonly bytes: Uint8Array;
}

/** The viewer may send more of what it offered, or need not. */
export interface PasteWanted {
  readonly type: 'PasteWanted';
  /** copied from PasteOffered */
  readonly serial: number;
  /** one bit */
  readonly format: number;
  /** bytes that have come; the whole: enough */
  readonly offset: number;
}

/** How the agent sees the link to the viewer; with updates, at most once a second, when Preferences ask. */
export interface LinkFigures {
  readonly type: 'LinkFigures';
  /** what the link is known to deliver, kbit/s */
  readonly rateKbit: number;
  /** shortest from sending an update to its ack lately; 0: not known yet */
  readonly rttUs: number;
  /** by how much the newest exceed it */
  readonly queueUs: number;
  /** in force now; 0: none */
  readonly ceilingKbit: number;
  /** sent since the last of these, by kind of content */
  readonly textBytes: number;
  /** likewise */
  readonly pictureBytes: number;
  /** likewise */
  readonly videoBytes: number;
  /** likewise */
  readonly otherBytes: number;
}

/** A key went down or up. Repeats of a held key are made by the desktop. */
export interface Key {
  readonly type: 'Key';
  /** of this input */
  readonly sequence: number;
  /** pressed or released */
  readonly down: boolean;
  /** physical key: KeyboardEvent.code (W3C UI Events); may be empty */
  readonly code: string;
  /** what it produces: KeyboardEvent.key (W3C UI Events) */
  readonly key: string;
  /** bits: modifier and lock states at the event */
  readonly modifiers: number;
}

/** Text from a soft keyboard or an input method, typed as it is. */
export interface TextInput {
  readonly type: 'TextInput';
  /** of this input */
  readonly sequence: number;
  /** UTF-8 */
  readonly text: string;
}

/** The pointer moved; at most one for each animation frame. */
export interface PointerMove {
  readonly type: 'PointerMove';
  /** of this input */
  readonly sequence: number;
  /** desktop pixels */
  readonly x: number;
  /** desktop pixels */
  readonly y: number;
}

/** A pointer button went down or up at a place. */
export interface PointerButton {
  readonly type: 'PointerButton';
  /** of this input */
  readonly sequence: number;
  /** desktop pixels */
  readonly x: number;
  /** desktop pixels */
  readonly y: number;
  /** MouseEvent.button: 0 left, 1 middle, 2 right, 3 back, 4 forward */
  readonly button: number;
  /** pressed or released */
  readonly down: boolean;
}

/** The wheel or a two-finger scroll at a place. */
export interface Wheel {
  readonly type: 'Wheel';
  /** of this input */
  readonly sequence: number;
  /** desktop pixels */
  readonly x: number;
  /** desktop pixels */
  readonly y: number;
  /** 1/120 of a notch, right is positive */
  readonly dx: number;
  /** 1/120 of a notch, down is positive */
  readonly dy: number;
}

/** The page lost the focus: lift every key and button it holds. */
export interface ReleaseAll {
  readonly type: 'ReleaseAll';
  /** of this input */
  readonly sequence: number;
}

/** The viewer's window has another size or place; its monitor follows it. */
export interface Resize {
  readonly type: 'Resize';
  /** device pixels */
  readonly width: number;
  /** device pixels */
  readonly height: number;
  /** device pixels per CSS pixel, times 100 */
  readonly scalePercent: number;
  /** where it stands on the device's screens, CSS pixels */
  readonly left: number;
  /** likewise */
  readonly top: number;
}

/** The page was hidden or shown; a hidden one is sent no pixels. */
export interface Visibility {
  readonly type: 'Visibility';
  /** as document.visibilityState says */
  readonly visible: boolean;
}

/** An update has been applied and put on the canvas. Frames of its video packets follow by themselves; VideoAck tells of them. */
export interface FrameAck {
  readonly type: 'FrameAck';
  /** acknowledges this and all before it */
  readonly updateId: number;
  /** when its bytes were complete, viewer's clock */
  readonly receivedUs: number;
  /** spent decoding */
  readonly decodeUs: number;
  /** spent putting it on the canvas */
  readonly presentUs: number;
}

/** Answers PictureCheck; wrong tiles are sent again. */
export interface PictureCheckResult {
  readonly type: 'PictureCheckResult';
  /** copied from the check */
  readonly updateId: number;
  /** indexes; empty when all are right */
  readonly wrongTiles: Uint32Array;
}

/** The browser gave up decoding a video coding that its hello promised. Streams of it end. */
export interface VideoFailed {
  readonly type: 'VideoFailed';
  /** the bit of its hello's capabilities that did not hold */
  readonly capability: number;
  /** a sentence for a log */
  readonly text: string;
}

/** What the viewer still has. Inside of its hello, and by itself when its desktop is lost: the gateway keeps it for the next agent link and gives it away once. */
export interface Holdings {
  readonly type: 'Holdings';
  /** 16 random bytes that name the page's cache */
  readonly cache: Uint8Array;
  /** of the picture it shows, pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** wide hash of each 64x64 tile, row by row, little-endian; fewer than there are: of the first ones */
  readonly tiles: Uint8Array;
  /** that its cache was ever told to keep */
  readonly entries: number;
  /** of the cache's numbering; see the codec's archive */
  readonly checksum: number;
  /** the serial of one it still has to open, which holds more than this; 0: none */
  readonly snapshot: number;
}

/** How long inputs took to their picture; batched, about once a second at most. */
export interface InputTimes {
  readonly type: 'InputTimes';
  /** seven for each input: network, agent, application, encode, transfer, decode, present */
  readonly partsUs: Uint32Array;
  /** the newest round trip of a Ping; 0: none since the last message */
  readonly rttUs: number;
}

/** How the user wants to trade quality, latency and bandwidth. */
export interface Preferences {
  readonly type: 'Preferences';
  /** latency to aim at beyond the network's own; 0: what the session came with */
  readonly targetMs: number;
  /** kbit/s to stay below; 0: only the administrator's */
  readonly ceilingKbit: number;
  /** least quality of lossy pictures, 1-100; 0: what the session came with */
  readonly qualityFloor: number;
  /** whether LinkFigures are wanted */
  readonly figures: boolean;
}

/** The video packets of an update, one or more, are dealt with: their frames were painted, or never will be. A decoder that does not keep up shows here, and holds up no FrameAck. */
export interface VideoAck {
  readonly type: 'VideoAck';
  /** acknowledges the packets of this and of all before it */
  readonly updateId: number;
}

/** Asks for the desktop's clipboard, and for more as parts come. */
export interface CopyWanted {
  readonly type: 'CopyWanted';
  /** copied from CopyOffered */
  readonly serial: number;
  /** one bit */
  readonly format: number;
  /** bytes that have come; 0 begins, the whole ends, kMaxClipboard ends whatever it is */
  readonly offset: number;
}

/** The viewer's clipboard becomes the desktop's. The first part of each format follows unasked. */
export interface PasteOffered {
  readonly type: 'PasteOffered';
  /** of this content; rises */
  readonly serial: number;
  /** bits: as what it can be had */
  readonly formats: number;
}

/** A part of the viewer's clipboard as text. */
export interface PastedText {
  readonly type: 'PastedText';
  /** copied from the offer */
  readonly serial: number;
  /** bytes of the whole; 0: it cannot be had any more */
  readonly total: number;
  /** of these bytes in the whole */
  readonly offset: number;
  /** the next of them */
  readonly bytes: Uint8Array;
}

/** A part of the viewer's clipboard as HTML. */
export interface PastedHtml {
  readonly type: 'PastedHtml';
  /** copied from the offer */
  readonly serial: number;
  /** bytes of the whole; 0: it cannot be had any more */
  readonly total: number;
  /** of these bytes in the whole */
  readonly offset: number;
  /** the next of them */
  readonly bytes: Uint8Array;
}

/** A part of the viewer's clipboard as a PNG file. */
export interface PastedImage {
  readonly type: 'PastedImage';
  /** copied from the offer */
  readonly serial: number;
  /** bytes of the whole; 0: it cannot be had any more */
  readonly total: number;
  /** of these bytes in the whole */
  readonly offset: number;
  /** the next of them */
  readonly bytes: Uint8Array;
}

/** The pointer is captured by the page: how far it moved, and what its buttons and wheel did where it is. */
export interface RelativePointer {
  readonly type: 'RelativePointer';
  /** of this input */
  readonly sequence: number;
  /** desktop pixels, right is positive */
  readonly dx: number;
  /** desktop pixels, down is positive */
  readonly dy: number;
  /** MouseEvent.button, or 255 when none changed */
  readonly button: number;
  /** of the button: pressed or released */
  readonly down: boolean;
  /** 1/120 of a notch, right is positive */
  readonly wheelX: number;
  /** 1/120 of a notch, down is positive */
  readonly wheelY: number;
}

/** A pen, one message for each point of its digitiser, in order. Where X has no pen it is a mouse. */
export interface Pen {
  readonly type: 'Pen';
  /** of this input */
  readonly sequence: number;
  /** 1/16 desktop pixels */
  readonly x: number;
  /** 1/16 desktop pixels */
  readonly y: number;
  /** 0 to 1000 */
  readonly pressure: number;
  /** PointerEvent.buttons: 1 the tip touches, 2 the barrel's button, 32 the eraser touches */
  readonly buttons: number;
  /** within reach of the tablet */
  readonly near: boolean;
}

/** The monitors the desktop has now. Told when a viewer comes, and when they change. */
export interface Monitors {
  readonly type: 'Monitors';
  /** the one this viewer is shown */
  readonly own: number;
  /** how many the desktop can have; their numbers are below it */
  readonly most: number;
  /** six for each: its number, x, y, width and height on the desktop, and how many viewers look at it */
  readonly areas: Uint32Array;
}

/** Whether what programs select counts as copied, and what the viewer pastes as selected. Not followed until asked; as far as rights to copy and paste text go. */
export interface FollowPrimary {
  readonly type: 'FollowPrimary';
  readonly follow: boolean;
}

/** Lets the viewer keep what it has seen on its device, encrypted with this key, and tells whether the first update builds on the snapshot it named. Before the first SurfaceReset; never written anywhere. */
export interface SnapshotKey {
  readonly type: 'SnapshotKey';
  /** of AES-256-GCM; another one than before: nothing can be opened */
  readonly key: Uint8Array;
  /** the snapshot to load before the SurfaceReset; 0: none */
  readonly serial: number;
}

/** The viewer has a snapshot of this moment: what it would hold if it came back with it. */
export interface SnapshotSaved {
  readonly type: 'SnapshotSaved';
  /** rises by one with each snapshot of a cache, from 1 */
  readonly serial: number;
  /** a Holdings message */
  readonly holdings: Uint8Array;
}

export type AnyMessage =
  | ViewerHello
  | AgentHello
  | Welcome
  | DesktopStatus
  | ViewerJoined
  | Close
  | Ping
  | Pong
  | SessionReport
  | ViewerOpening
  | OpeningAnswer
  | SurfaceReset
  | Update
  | CursorShape
  | CursorMoved
  | PictureCheck
  | Notice
  | CopyOffered
  | CopiedText
  | CopiedHtml
  | CopiedImage
  | PasteWanted
  | LinkFigures
  | Key
  | TextInput
  | PointerMove
  | PointerButton
  | Wheel
  | ReleaseAll
  | Resize
  | Visibility
  | FrameAck
  | PictureCheckResult
  | VideoFailed
  | Holdings
  | InputTimes
  | Preferences
  | VideoAck
  | CopyWanted
  | PasteOffered
  | PastedText
  | PastedHtml
  | PastedImage
  | RelativePointer
  | Pen
  | Monitors
  | FollowPrimary
  | SnapshotKey
  | SnapshotSaved;

/** What a viewer may receive. */
export type MessageToViewer =
  | Welcome
  | DesktopStatus
  | ViewerJoined
  | Close
  | Ping
  | Pong
  | OpeningAnswer
  | SurfaceReset
  | Update
  | CursorShape
  | CursorMoved
  | PictureCheck
  | Notice
  | CopyOffered
  | CopiedText
  | CopiedHtml
  | CopiedImage
  | PasteWanted
  | LinkFigures
  | Monitors
  | SnapshotKey;

/** What a viewer may send. */
export type MessageFromViewer =
  | ViewerHello
  | Close
  | Ping
  | Pong
  | ViewerOpening
  | Key
  | TextInput
  | PointerMove
  | PointerButton
  | Wheel
  | ReleaseAll
  | Resize
  | Visibility
  | FrameAck
  | PictureCheckResult
  | VideoFailed
  | Holdings
  | InputTimes
  | Preferences
  | VideoAck
  | CopyWanted
  | PasteOffered
  | PastedText
  | PastedHtml
  | PastedImage
  | RelativePointer
  | Pen
  | FollowPrimary
  | SnapshotSaved;

function readViewerHello(r: WireReader): ViewerHello {
  r.message = 'ViewerHello';
  return {
    type: 'ViewerHello',
    oldestVersion: r.uint32('oldest_version'),
    newestVersion: r.uint32('newest_version'),
    ticket: r.bytes('ticket', 1024),
    capabilities: r.uint32('capabilities'),
    width: r.uint32('width'),
    height: r.uint32('height'),
    scalePercent: r.uint32('scale_percent'),
    browser: r.text('browser', 128),
    timeZone: r.text('time_zone', 128),
    locale: r.text('locale', 128),
    cacheKib: r.uint32('cache_kib'),
    holdings: r.bytes('holdings', 63488),
    monitor: r.uint32('monitor'),
    left: r.int32('left'),
    top: r.int32('top'),
  };
}

function writeViewerHello(w: WireWriter, m: ViewerHello): void {
  w.start('ViewerHello', 1);
  w.uint32('oldest_version', m.oldestVersion);
  w.uint32('newest_version', m.newestVersion);
  w.bytes('ticket', m.ticket, 1024);
  w.uint32('capabilities', m.capabilities);
  w.uint32('width', m.width);
  w.uint32('height', m.height);
  w.uint32('scale_percent', m.scalePercent);
  w.text('browser', m.browser, 128);
  w.text('time_zone', m.timeZone, 128);
  w.text('locale', m.locale, 128);
  w.uint32('cache_kib', m.cacheKib);
  w.bytes('holdings', m.holdings, 63488);
  w.uint32('monitor', m.monitor);
  w.int32('left', m.left);
  w.int32('top', m.top);
}

function readAgentHello(r: WireReader): AgentHello {
  r.message = 'AgentHello';
  return {
    type: 'AgentHello',
    oldestVersion: r.uint32('oldest_version'),
    newestVersion: r.uint32('newest_version'),
    credential: r.bytes('credential', 1024),
    software: r.text('software', 128),
  };
}

function writeAgentHello(w: WireWriter, m: AgentHello): void {
  w.start('AgentHello', 2);
  w.uint32('oldest_version', m.oldestVersion);
  w.uint32('newest_version', m.newestVersion);
  w.bytes('credential', m.credential, 1024);
  w.text('software', m.software, 128);
}

function readWelcome(r: WireReader): Welcome {
  r.message = 'Welcome';
  return {
    type: 'Welcome',
    version: r.uint32('version'),
    session: r.text('session', 128),
    rights: r.uint32('rights'),
  };
}

function writeWelcome(w: WireWriter, m: Welcome): void {
  w.start('Welcome', 3);
  w.uint32('version', m.version);
  w.text('session', m.session, 128);
  w.uint32('rights', m.rights);
}

function readDesktopStatus(r: WireReader): DesktopStatus {
  r.message = 'DesktopStatus';
  return {
    type: 'DesktopStatus',
    state: r.enum('state', 2) as DesktopState,
    text: r.text('text', 256),
  };
}

function writeDesktopStatus(w: WireWriter, m: DesktopStatus): void {
  w.start('DesktopStatus', 4);
  w.enum('state', m.state, 2);
  w.text('text', m.text, 256);
}

function readViewerJoined(r: WireReader): ViewerJoined {
  r.message = 'ViewerJoined';
  return {
    type: 'ViewerJoined',
    viewer: r.uint64('viewer'),
    session: r.text('session', 128),
    user: r.text('user', 128),
    rights: r.uint32('rights'),
    capabilities: r.uint32('capabilities'),
    width: r.uint32('width'),
    height: r.uint32('height'),
    scalePercent: r.uint32('scale_percent'),
    browser: r.text('browser', 128),
    timeZone: r.text('time_zone', 128),
    locale: r.text('locale', 128),
    cacheKib: r.uint32('cache_kib'),
    holdings: r.bytes('holdings', 63488),
    targetMs: r.uint32('target_ms'),
    ceilingKbit: r.uint32('ceiling_kbit'),
    qualityFloor: r.uint32('quality_floor'),
    generation: r.uint32('generation'),
    monitor: r.uint32('monitor'),
    left: r.int32('left'),
    top: r.int32('top'),
  };
}

function writeViewerJoined(w: WireWriter, m: ViewerJoined): void {
  w.start('ViewerJoined', 5);
  w.uint64('viewer', m.viewer);
  w.text('session', m.session, 128);
  w.text('user', m.user, 128);
  w.uint32('rights', m.rights);
  w.uint32('capabilities', m.capabilities);
  w.uint32('width', m.width);
  w.uint32('height', m.height);
  w.uint32('scale_percent', m.scalePercent);
  w.text('browser', m.browser, 128);
  w.text('time_zone', m.timeZone, 128);
  w.text('locale', m.locale, 128);
  w.uint32('cache_kib', m.cacheKib);
  w.bytes('holdings', m.holdings, 63488);
  w.uint32('target_ms', m.targetMs);
  w.uint32('ceiling_kbit', m.ceilingKbit);
  w.uint32('quality_floor', m.qualityFloor);
  w.uint32('generation', m.generation);
  w.uint32('monitor', m.monitor);
  w.int32('left', m.left);
  w.int32('top', m.top);
}

function readClose(r: WireReader): Close {
  r.message = 'Close';
  return {
    type: 'Close',
    code: r.enum('code', 12) as CloseCode,
    reason: r.text('reason', 256),
  };
}

function writeClose(w: WireWriter, m: Close): void {
  w.start('Close', 6);
  w.enum('code', m.code, 12);
  w.text('reason', m.reason, 256);
}

function readPing(r: WireReader): Ping {
  r.message = 'Ping';
  return {
    type: 'Ping',
    timeUs: r.uint64('time_us'),
  };
}

function writePing(w: WireWriter, m: Ping): void {
  w.start('Ping', 7);
  w.uint64('time_us', m.timeUs);
}

function readPong(r: WireReader): Pong {
  r.message = 'Pong';
  return {
    type: 'Pong',
    timeUs: r.uint64('time_us'),
    clockUs: r.uint64('clock_us'),
  };
}

function writePong(w: WireWriter, m: Pong): void {
  w.start('Pong', 8);
  w.uint64('time_us', m.timeUs);
  w.uint64('clock_us', m.clockUs);
}

function readSessionReport(r: WireReader): SessionReport {
  r.message = 'SessionReport';
  return {
    type: 'SessionReport',
    inputs: r.uint32('inputs'),
    counts: r.uint32List('counts', 450),
    sumsUs: r.uint32List('sums_us', 9),
  };
}

function writeSessionReport(w: WireWriter, m: SessionReport): void {
  w.start('SessionReport', 9);
  w.uint32('inputs', m.inputs);
  w.uint32List('counts', m.counts, 450);
  w.uint32List('sums_us', m.sumsUs, 9);
}

function readViewerOpening(r: WireReader): ViewerOpening {
  r.message = 'ViewerOpening';
  return {
    type: 'ViewerOpening',
    resource: r.text('resource', 128),
    session: r.text('session', 128),
    csrf: r.text('csrf', 128),
    hello: r.bytes('hello', 64512),
  };
}

function writeViewerOpening(w: WireWriter, m: ViewerOpening): void {
  w.start('ViewerOpening', 10);
  w.text('resource', m.resource, 128);
  w.text('session', m.session, 128);
  w.text('csrf', m.csrf, 128);
  w.bytes('hello', m.hello, 64512);
}

function readOpeningAnswer(r: WireReader): OpeningAnswer {
  r.message = 'OpeningAnswer';
  return {
    type: 'OpeningAnswer',
    status: r.uint32('status'),
    body: r.text('body', 8192),
  };
}

function writeOpeningAnswer(w: WireWriter, m: OpeningAnswer): void {
  w.start('OpeningAnswer', 11);
  w.uint32('status', m.status);
  w.text('body', m.body, 8192);
}

function readSurfaceReset(r: WireReader): SurfaceReset {
  r.message = 'SurfaceReset';
  return {
    type: 'SurfaceReset',
    epoch: r.uint32('epoch'),
    width: r.uint32('width'),
    height: r.uint32('height'),
  };
}

function writeSurfaceReset(w: WireWriter, m: SurfaceReset): void {
  w.start('SurfaceReset', 16);
  w.uint32('epoch', m.epoch);
  w.uint32('width', m.width);
  w.uint32('height', m.height);
}

function readUpdate(r: WireReader): Update {
  r.message = 'Update';
  return {
    type: 'Update',
    id: r.uint32('id'),
    flags: r.uint32('flags'),
    inputSequence: r.uint32('input_sequence'),
    captureUs: r.uint64('capture_us'),
    agentUs: r.uint32('agent_us'),
    body: r.bytes('body', 1048576),
    inputs: r.uint32List('inputs', 96),
  };
}

function writeUpdate(w: WireWriter, m: Update): void {
  w.start('Update', 17);
  w.uint32('id', m.id);
  w.uint32('flags', m.flags);
  w.uint32('input_sequence', m.inputSequence);
  w.uint64('capture_us', m.captureUs);
  w.uint32('agent_us', m.agentUs);
  w.bytes('body', m.body, 1048576);
  w.uint32List('inputs', m.inputs, 96);
}

function readCursorShape(r: WireReader): CursorShape {
  r.message = 'CursorShape';
  return {
    type: 'CursorShape',
    width: r.uint32('width'),
    height: r.uint32('height'),
    hotX: r.uint32('hot_x'),
    hotY: r.uint32('hot_y'),
    rgba: r.bytes('rgba', 262144),
  };
}

function writeCursorShape(w: WireWriter, m: CursorShape): void {
  w.start('CursorShape', 18);
  w.uint32('width', m.width);
  w.uint32('height', m.height);
  w.uint32('hot_x', m.hotX);
  w.uint32('hot_y', m.hotY);
  w.bytes('rgba', m.rgba, 262144);
}

function readCursorMoved(r: WireReader): CursorMoved {
  r.message = 'CursorMoved';
  return {
    type: 'CursorMoved',
    x: r.int32('x'),
    y: r.int32('y'),
  };
}

function writeCursorMoved(w: WireWriter, m: CursorMoved): void {
  w.start('CursorMoved', 19);
  w.int32('x', m.x);
  w.int32('y', m.y);
}

function readPictureCheck(r: WireReader): PictureCheck {
  r.message = 'PictureCheck';
  return {
    type: 'PictureCheck',
    updateId: r.uint32('update_id'),
    tiles: r.uint32List('tiles', 16384),
    hashes: r.uint32List('hashes', 16384),
  };
}

function writePictureCheck(w: WireWriter, m: PictureCheck): void {
  w.start('PictureCheck', 20);
  w.uint32('update_id', m.updateId);
  w.uint32List('tiles', m.tiles, 16384);
  w.uint32List('hashes', m.hashes, 16384);
}

function readNotice(r: WireReader): Notice {
  r.message = 'Notice';
  return {
    type: 'Notice',
    level: r.enum('level', 2) as NoticeLevel,
    text: r.text('text', 2048),
  };
}

function writeNotice(w: WireWriter, m: Notice): void {
  w.start('Notice', 21);
  w.enum('level', m.level, 2);
  w.text('text', m.text, 2048);
}

function readCopyOffered(r: WireReader): CopyOffered {
  r.message = 'CopyOffered';
  return {
    type: 'CopyOffered',
    serial: r.uint32('serial'),
    formats: r.uint32('formats'),
  };
}

function writeCopyOffered(w: WireWriter, m: CopyOffered): void {
  w.start('CopyOffered', 22);
  w.uint32('serial', m.serial);
  w.uint32('formats', m.formats);
}

function readCopiedText(r: WireReader): CopiedText {
  r.message = 'CopiedText';
  return {
    type: 'CopiedText',
    serial: r.uint32('serial'),
    total: r.uint32('total'),
    offset: r.uint32('offset'),
    bytes: r.bytes('bytes', 16384),
  };
}

function writeCopiedText(w: WireWriter, m: CopiedText): void {
  w.start('CopiedText', 23);
  w.uint32('serial', m.serial);
  w.uint32('total', m.total);
  w.uint32('offset', m.offset);
  w.bytes('bytes', m.bytes, 16384);
}

function readCopiedHtml(r: WireReader): CopiedHtml {
  r.message = 'CopiedHtml';
  return {
    type: 'CopiedHtml',
    serial: r.uint32('serial'),
    total: r.uint32('total'),
    offset: r.uint32('offset'),
    bytes: r.bytes('bytes', 16384),
  };
}

function writeCopiedHtml(w: WireWriter, m: CopiedHtml): void {
  w.start('CopiedHtml', 24);
  w.uint32('serial', m.serial);
  w.uint32('total', m.total);
  w.uint32('offset', m.offset);
  w.bytes('bytes', m.bytes, 16384);
}

function readCopiedImage(r: WireReader): CopiedImage {
  r.message = 'CopiedImage';
  return {
    type: 'CopiedImage',
    serial: r.uint32('serial'),
    total: r.uint32('total'),
    offset: r.uint32('offset'),
    bytes: r.bytes('bytes', 16384),
  };
}

function writeCopiedImage(w: WireWriter, m: CopiedImage): void {
  w.start('CopiedImage', 25);
  w.uint32('serial', m.serial);
  w.uint32('total', m.total);
  w.uint32('offset', m.offset);
  w.bytes('bytes', m.bytes, 16384);
}

function readPasteWanted(r: WireReader): PasteWanted {
  r.message = 'PasteWanted';
  return {
    type: 'PasteWanted',
    serial: r.uint32('serial'),
    format: r.uint32('format'),
    offset: r.uint32('offset'),
  };
}

function writePasteWanted(w: WireWriter, m: PasteWanted): void {
  w.start('PasteWanted', 26);
  w.uint32('serial', m.serial);
  w.uint32('format', m.format);
  w.uint32('offset', m.offset);
}

function readLinkFigures(r: WireReader): LinkFigures {
  r.message = 'LinkFigures';
  return {
    type: 'LinkFigures',
    rateKbit: r.uint32('rate_kbit'),
    rttUs: r.uint32('rtt_us'),
    queueUs: r.uint32('queue_us'),
    ceilingKbit: r.uint32('ceiling_kbit'),
    textBytes: r.uint32('text_bytes'),
    pictureBytes: r.uint32('picture_bytes'),
    videoBytes: r.uint32('video_bytes'),
    otherBytes: r.uint32('other_bytes'),
  };
}

function writeLinkFigures(w: WireWriter, m: LinkFigures): void {
  w.start('LinkFigures', 30);
  w.uint32('rate_kbit', m.rateKbit);
  w.uint32('rtt_us', m.rttUs);
  w.uint32('queue_us', m.queueUs);
  w.uint32('ceiling_kbit', m.ceilingKbit);
  w.uint32('text_bytes', m.textBytes);
  w.uint32('picture_bytes', m.pictureBytes);
  w.uint32('video_bytes', m.videoBytes);
  w.uint32('other_bytes', m.otherBytes);
}

function readKey(r: WireReader): Key {
  r.message = 'Key';
  return {
    type: 'Key',
    sequence: r.uint32('sequence'),
    down: r.bool('down'),
    code: r.text('code', 32),
    key: r.text('key', 32),
    modifiers: r.uint32('modifiers'),
  };
}

function writeKey(w: WireWriter, m: Key): void {
  w.start('Key', 32);
  w.uint32('sequence', m.sequence);
  w.bool('down', m.down);
  w.text('code', m.code, 32);
  w.text('key', m.key, 32);
  w.uint32('modifiers', m.modifiers);
}

function readTextInput(r: WireReader): TextInput {
  r.message = 'TextInput';
  return {
    type: 'TextInput',
    sequence: r.uint32('sequence'),
    text: r.text('text', 4096),
  };
}

function writeTextInput(w: WireWriter, m: TextInput): void {
  w.start('TextInput', 33);
  w.uint32('sequence', m.sequence);
  w.text('text', m.text, 4096);
}

function readPointerMove(r: WireReader): PointerMove {
  r.message = 'PointerMove';
  return {
    type: 'PointerMove',
    sequence: r.uint32('sequence'),
    x: r.int32('x'),
    y: r.int32('y'),
  };
}

function writePointerMove(w: WireWriter, m: PointerMove): void {
  w.start('PointerMove', 34);
  w.uint32('sequence', m.sequence);
  w.int32('x', m.x);
  w.int32('y', m.y);
}

function readPointerButton(r: WireReader): PointerButton {
  r.message = 'PointerButton';
  return {
    type: 'PointerButton',
    sequence: r.uint32('sequence'),
    x: r.int32('x'),
    y: r.int32('y'),
    button: r.uint32('button'),
    down: r.bool('down'),
  };
}

function writePointerButton(w: WireWriter, m: PointerButton): void {
  w.start('PointerButton', 35);
  w.uint32('sequence', m.sequence);
  w.int32('x', m.x);
  w.int32('y', m.y);
  w.uint32('button', m.button);
  w.bool('down', m.down);
}

function readWheel(r: WireReader): Wheel {
  r.message = 'Wheel';
  return {
    type: 'Wheel',
    sequence: r.uint32('sequence'),
    x: r.int32('x'),
    y: r.int32('y'),
    dx: r.int32('dx'),
    dy: r.int32('dy'),
  };
}

function writeWheel(w: WireWriter, m: Wheel): void {
  w.start('Wheel', 36);
  w.uint32('sequence', m.sequence);
  w.int32('x', m.x);
  w.int32('y', m.y);
  w.int32('dx', m.dx);
  w.int32('dy', m.dy);
}

function readReleaseAll(r: WireReader): ReleaseAll {
  r.message = 'ReleaseAll';
  return {
    type: 'ReleaseAll',
    sequence: r.uint32('sequence'),
  };
}

function writeReleaseAll(w: WireWriter, m: ReleaseAll): void {
  w.start('ReleaseAll', 37);
  w.uint32('sequence', m.sequence);
}

function readResize(r: WireReader): Resize {
  r.message = 'Resize';
  return {
    type: 'Resize',
    width: r.uint32('width'),
    height: r.uint32('height'),
    scalePercent: r.uint32('scale_percent'),
    left: r.int32('left'),
    top: r.int32('top'),
  };
}

function writeResize(w: WireWriter, m: Resize): void {
  w.start('Resize', 38);
  w.uint32('width', m.width);
  w.uint32('height', m.height);
  w.uint32('scale_percent', m.scalePercent);
  w.int32('left', m.left);
  w.int32('top', m.top);
}

function readVisibility(r: WireReader): Visibility {
  r.message = 'Visibility';
  return {
    type: 'Visibility',
    visible: r.bool('visible'),
  };
}

function writeVisibility(w: WireWriter, m: Visibility): void {
  w.start('Visibility', 39);
  w.bool('visible', m.visible);
}

function readFrameAck(r: WireReader): FrameAck {
  r.message = 'FrameAck';
  return {
    type: 'FrameAck',
    updateId: r.uint32('update_id'),
    receivedUs: r.uint64('received_us'),
    decodeUs: r.uint32('decode_us'),
    presentUs: r.uint32('present_us'),
  };
}

function writeFrameAck(w: WireWriter, m: FrameAck): void {
  w.start('FrameAck', 40);
  w.uint32('update_id', m.updateId);
  w.uint64('received_us', m.receivedUs);
  w.uint32('decode_us', m.decodeUs);
  w.uint32('present_us', m.presentUs);
}

function readPictureCheckResult(r: WireReader): PictureCheckResult {
  r.message = 'PictureCheckResult';
  return {
    type: 'PictureCheckResult',
    updateId: r.uint32('update_id'),
    wrongTiles: r.uint32List('wrong_tiles', 16384),
  };
}

function writePictureCheckResult(w: WireWriter, m: PictureCheckResult): void {
  w.start('PictureCheckResult', 41);
  w.uint32('update_id', m.updateId);
  w.uint32List('wrong_tiles', m.wrongTiles, 16384);
}

function readVideoFailed(r: WireReader): VideoFailed {
  r.message = 'VideoFailed';
  return {
    type: 'VideoFailed',
    capability: r.uint32('capability'),
    text: r.text('text', 256),
  };
}

function writeVideoFailed(w: WireWriter, m: VideoFailed): void {
  w.start('VideoFailed', 42);
  w.uint32('capability', m.capability);
  w.text('text', m.text, 256);
}

function readHoldings(r: WireReader): Holdings {
  r.message = 'Holdings';
  return {
    type: 'Holdings',
    cache: r.bytes('cache', 16),
    width: r.uint32('width'),
    height: r.uint32('height'),
    tiles: r.bytes('tiles', 61440),
    entries: r.uint64('entries'),
    checksum: r.uint32('checksum'),
    snapshot: r.uint32('snapshot'),
  };
}

function writeHoldings(w: WireWriter, m: Holdings): void {
  w.start('Holdings', 43);
  w.bytes('cache', m.cache, 16);
  w.uint32('width', m.width);
  w.uint32('height', m.height);
  w.bytes('tiles', m.tiles, 61440);
  w.uint64('entries', m.entries);
  w.uint32('checksum', m.checksum);
  w.uint32('snapshot', m.snapshot);
}

function readInputTimes(r: WireReader): InputTimes {
  r.message = 'InputTimes';
  return {
    type: 'InputTimes',
    partsUs: r.uint32List('parts_us', 224),
    rttUs: r.uint32('rtt_us'),
  };
}

function writeInputTimes(w: WireWriter, m: InputTimes): void {
  w.start('InputTimes', 44);
  w.uint32List('parts_us', m.partsUs, 224);
  w.uint32('rtt_us', m.rttUs);
}

function readPreferences(r: WireReader): Preferences {
  r.message = 'Preferences';
  return {
    type: 'Preferences',
    targetMs: r.uint32('target_ms'),
    ceilingKbit: r.uint32('ceiling_kbit'),
    qualityFloor: r.uint32('quality_floor'),
    figures: r.bool('figures'),
  };
}

function writePreferences(w: WireWriter, m: Preferences): void {
  w.start('Preferences', 45);
  w.uint32('target_ms', m.targetMs);
  w.uint32('ceiling_kbit', m.ceilingKbit);
  w.uint32('quality_floor', m.qualityFloor);
  w.bool('figures', m.figures);
}

function readVideoAck(r: WireReader): VideoAck {
  r.message = 'VideoAck';
  return {
    type: 'VideoAck',
    updateId: r.uint32('update_id'),
  };
}

function writeVideoAck(w: WireWriter, m: VideoAck): void {
  w.start('VideoAck', 46);
  w.uint32('update_id', m.updateId);
}

function readCopyWanted(r: WireReader): CopyWanted {
  r.message = 'CopyWanted';
  return {
    type: 'CopyWanted',
    serial: r.uint32('serial'),
    format: r.uint32('format'),
    offset: r.uint32('offset'),
  };
}

function writeCopyWanted(w: WireWriter, m: CopyWanted): void {
  w.start('CopyWanted', 47);
  w.uint32('serial', m.serial);
  w.uint32('format', m.format);
  w.uint32('offset', m.offset);
}

function readPasteOffered(r: WireReader): PasteOffered {
  r.message = 'PasteOffered';
  return {
    type: 'PasteOffered',
    serial: r.uint32('serial'),
    formats: r.uint32('formats'),
  };
}

function writePasteOffered(w: WireWriter, m: PasteOffered): void {
  w.start('PasteOffered', 48);
  w.uint32('serial', m.serial);
  w.uint32('formats', m.formats);
}

function readPastedText(r: WireReader): PastedText {
  r.message = 'PastedText';
  return {
    type: 'PastedText',
    serial: r.uint32('serial'),
    total: r.uint32('total'),
    offset: r.uint32('offset'),
    bytes: r.bytes('bytes', 16384),
  };
}

function writePastedText(w: WireWriter, m: PastedText): void {
  w.start('PastedText', 49);
  w.uint32('serial', m.serial);
  w.uint32('total', m.total);
  w.uint32('offset', m.offset);
  w.bytes('bytes', m.bytes, 16384);
}

function readPastedHtml(r: WireReader): PastedHtml {
  r.message = 'PastedHtml';
  return {
    type: 'PastedHtml',
    serial: r.uint32('serial'),
    total: r.uint32('total'),
    offset: r.uint32('offset'),
    bytes: r.bytes('bytes', 16384),
  };
}

function writePastedHtml(w: WireWriter, m: PastedHtml): void {
  w.start('PastedHtml', 50);
  w.uint32('serial', m.serial);
  w.uint32('total', m.total);
  w.uint32('offset', m.offset);
  w.bytes('bytes', m.bytes, 16384);
}

function readPastedImage(r: WireReader): PastedImage {
  r.message = 'PastedImage';
  return {
    type: 'PastedImage',
    serial: r.uint32('serial'),
    total: r.uint32('total'),
    offset: r.uint32('offset'),
    bytes: r.bytes('bytes', 16384),
  };
}

function writePastedImage(w: WireWriter, m: PastedImage): void {
  w.start('PastedImage', 51);
  w.uint32('serial', m.serial);
  w.uint32('total', m.total);
  w.uint32('offset', m.offset);
  w.bytes('bytes', m.bytes, 16384);
}

function readRelativePointer(r: WireReader): RelativePointer {
  r.message = 'RelativePointer';
  return {
    type: 'RelativePointer',
    sequence: r.uint32('sequence'),
    dx: r.int32('dx'),
    dy: r.int32('dy'),
    button: r.uint32('button'),
    down: r.bool('down'),
    wheelX: r.int32('wheel_x'),
    wheelY: r.int32('wheel_y'),
  };
}

function writeRelativePointer(w: WireWriter, m: RelativePointer): void {
  w.start('RelativePointer', 64);
  w.uint32('sequence', m.sequence);
  w.int32('dx', m.dx);
  w.int32('dy', m.dy);
  w.uint32('button', m.button);
  w.bool('down', m.down);
  w.int32('wheel_x', m.wheelX);
  w.int32('wheel_y', m.wheelY);
}

function readPen(r: WireReader): Pen {
  r.message = 'Pen';
  return {
    type: 'Pen',
    sequence: r.uint32('sequence'),
    x: r.int32('x'),
    y: r.int32('y'),
    pressure: r.uint32('pressure'),
    buttons: r.uint32('buttons'),
    near: r.bool('near'),
  };
}

function writePen(w: WireWriter, m: Pen): void {
  w.start('Pen', 65);
  w.uint32('sequence', m.sequence);
  w.int32('x', m.x);
  w.int32('y', m.y);
  w.uint32('pressure', m.pressure);
  w.uint32('buttons', m.buttons);
  w.bool('near', m.near);
}

function readMonitors(r: WireReader): Monitors {
  r.message = 'Monitors';
  return {
    type: 'Monitors',
    own: r.uint32('own'),
    most: r.uint32('most'),
    areas: r.uint32List('areas', 24),
  };
}

function writeMonitors(w: WireWriter, m: Monitors): void {
  w.start('Monitors', 68);
  w.uint32('own', m.own);
  w.uint32('most', m.most);
  w.uint32List('areas', m.areas, 24);
}

function readFollowPrimary(r: WireReader): FollowPrimary {
  r.message = 'FollowPrimary';
  return {
    type: 'FollowPrimary',
    follow: r.bool('follow'),
  };
}

function writeFollowPrimary(w: WireWriter, m: FollowPrimary): void {
  w.start('FollowPrimary', 74);
  w.bool('follow', m.follow);
}

function readSnapshotKey(r: WireReader): SnapshotKey {
  r.message = 'SnapshotKey';
  return {
    type: 'SnapshotKey',
    key: r.bytes('key', 32),
    serial: r.uint32('serial'),
  };
}

function writeSnapshotKey(w: WireWriter, m: SnapshotKey): void {
  w.start('SnapshotKey', 84);
  w.bytes('key', m.key, 32);
  w.uint32('serial', m.serial);
}

function readSnapshotSaved(r: WireReader): SnapshotSaved {
  r.message = 'SnapshotSaved';
  return {
    type: 'SnapshotSaved',
    serial: r.uint32('serial'),
    holdings: r.bytes('holdings', 63488),
  };
}

function writeSnapshotSaved(w: WireWriter, m: SnapshotSaved): void {
  w.start('SnapshotSaved', 85);
  w.uint32('serial', m.serial);
  w.bytes('holdings', m.holdings, 63488);
}

/** Any message from any side; null for a type nobody knows. Byte fields are views into `bytes`. Throws WireError. */
export function parseMessage(bytes: Uint8Array): AnyMessage | null {
  const r = new WireReader(bytes);
  switch (r.messageType()) {
    case 1:
      return readViewerHello(r);
    case 2:
      return readAgentHello(r);
    case 3:
      return readWelcome(r);
    case 4:
      return readDesktopStatus(r);
    case 5:
      return readViewerJoined(r);
    case 6:
      return readClose(r);
    case 7:
      return readPing(r);
    case 8:
      return readPong(r);
    case 9:
      return readSessionReport(r);
    case 10:
      return readViewerOpening(r);
    case 11:
      return readOpeningAnswer(r);
    case 16:
      return readSurfaceReset(r);
    case 17:
      return readUpdate(r);
    case 18:
      return readCursorShape(r);
    case 19:
      return readCursorMoved(r);
    case 20:
      return readPictureCheck(r);
    case 21:
      return readNotice(r);
    case 22:
      return readCopyOffered(r);
    case 23:
      return readCopiedText(r);
    case 24:
      return readCopiedHtml(r);
    case 25:
      return readCopiedImage(r);
    case 26:
      return readPasteWanted(r);
    case 30:
      return readLinkFigures(r);
    case 32:
      return readKey(r);
    case 33:
      return readTextInput(r);
    case 34:
      return readPointerMove(r);
    case 35:
      return readPointerButton(r);
    case 36:
      return readWheel(r);
    case 37:
      return readReleaseAll(r);
    case 38:
      return readResize(r);
    case 39:
      return readVisibility(r);
    case 40:
      return readFrameAck(r);
    case 41:
      return readPictureCheckResult(r);
    case 42:
      return readVideoFailed(r);
    case 43:
      return readHoldings(r);
    case 44:
      return readInputTimes(r);
    case 45:
      return readPreferences(r);
    case 46:
      return readVideoAck(r);
    case 47:
      return readCopyWanted(r);
    case 48:
      return readPasteOffered(r);
    case 49:
      return readPastedText(r);
    case 50:
      return readPastedHtml(r);
    case 51:
      return readPastedImage(r);
    case 64:
      return readRelativePointer(r);
    case 65:
      return readPen(r);
    case 68:
      return readMonitors(r);
    case 74:
      return readFollowPrimary(r);
    case 84:
      return readSnapshotKey(r);
    case 85:
      return readSnapshotSaved(r);
    default:
      return null;
  }
}

/** As parseMessage, for what a viewer may receive. */
export function parseToViewer(bytes: Uint8Array): MessageToViewer | null {
  const r = new WireReader(bytes);
  switch (r.messageType()) {
    case 1:
      throw new WireError('malformed', 'ViewerHello does not come from this side');
    case 2:
      throw new WireError('malformed', 'AgentHello does not come from this side');
    case 3:
      return readWelcome(r);
    case 4:
      return readDesktopStatus(r);
    case 5:
      return readViewerJoined(r);
    case 6:
      return readClose(r);
    case 7:
      return readPing(r);
    case 8:
      return readPong(r);
    case 9:
      throw new WireError('malformed', 'SessionReport does not come from this side');
    case 10:
      throw new WireError('malformed', 'ViewerOpening does not come from this side');
    case 11:
      return readOpeningAnswer(r);
    case 16:
      return readSurfaceReset(r);
    case 17:
      return readUpdate(r);
    case 18:
      return readCursorShape(r);
    case 19:
      return readCursorMoved(r);
    case 20:
      return readPictureCheck(r);
    case 21:
      return readNotice(r);
    case 22:
      return readCopyOffered(r);
    case 23:
      return readCopiedText(r);
    case 24:
      return readCopiedHtml(r);
    case 25:
      return readCopiedImage(r);
    case 26:
      return readPasteWanted(r);
    case 30:
      return readLinkFigures(r);
    case 32:
      throw new WireError('malformed', 'Key does not come from this side');
    case 33:
      throw new WireError('malformed', 'TextInput does not come from this side');
    case 34:
      throw new WireError('malformed', 'PointerMove does not come from this side');
    case 35:
      throw new WireError('malformed', 'PointerButton does not come from this side');
    case 36:
      throw new WireError('malformed', 'Wheel does not come from this side');
    case 37:
      throw new WireError('malformed', 'ReleaseAll does not come from this side');
    case 38:
      throw new WireError('malformed', 'Resize does not come from this side');
    case 39:
      throw new WireError('malformed', 'Visibility does not come from this side');
    case 40:
      throw new WireError('malformed', 'FrameAck does not come from this side');
    case 41:
      throw new WireError('malformed', 'PictureCheckResult does not come from this side');
    case 42:
      throw new WireError('malformed', 'VideoFailed does not come from this side');
    case 43:
      throw new WireError('malformed', 'Holdings does not come from this side');
    case 44:
      throw new WireError('malformed', 'InputTimes does not come from this side');
    case 45:
      throw new WireError('malformed', 'Preferences does not come from this side');
    case 46:
      throw new WireError('malformed', 'VideoAck does not come from this side');
    case 47:
      throw new WireError('malformed', 'CopyWanted does not come from this side');
    case 48:
      throw new WireError('malformed', 'PasteOffered does not come from this side');
    case 49:
      throw new WireError('malformed', 'PastedText does not come from this side');
    case 50:
      throw new WireError('malformed', 'PastedHtml does not come from this side');
    case 51:
      throw new WireError('malformed', 'PastedImage does not come from this side');
    case 64:
      throw new WireError('malformed', 'RelativePointer does not come from this side');
    case 65:
      throw new WireError('malformed', 'Pen does not come from this side');
    case 68:
      return readMonitors(r);
    case 74:
      throw new WireError('malformed', 'FollowPrimary does not come from this side');
    case 84:
      return readSnapshotKey(r);
    case 85:
      throw new WireError('malformed', 'SnapshotSaved does not come from this side');
    default:
      return null;
  }
}

const scratch = new WireWriter();

/** The message as bytes of its own. Throws WireError when a value passes what its field allows. */
export function serialize(message: AnyMessage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case 'ViewerHello':
      writeViewerHello(scratch, message);
      break;
    case 'AgentHello':
      writeAgentHello(scratch, message);
      break;
    case 'Welcome':
      writeWelcome(scratch, message);
      break;
    case 'DesktopStatus':
      writeDesktopStatus(scratch, message);
      break;
    case 'ViewerJoined':
      writeViewerJoined(scratch, message);
      break;
    case 'Close':
      writeClose(scratch, message);
      break;
    case 'Ping':
      writePing(scratch, message);
      break;
    case 'Pong':
      writePong(scratch, message);
      break;
    case 'SessionReport':
      writeSessionReport(scratch, message);
      break;
    case 'ViewerOpening':
      writeViewerOpening(scratch, message);
      break;
    case 'OpeningAnswer':
      writeOpeningAnswer(scratch, message);
      break;
    case 'SurfaceReset':
      writeSurfaceReset(scratch, message);
      break;
    case 'Update':
      writeUpdate(scratch, message);
      break;
    case 'CursorShape':
      writeCursorShape(scratch, message);
      break;
    case 'CursorMoved':
      writeCursorMoved(scratch, message);
      break;
    case 'PictureCheck':
      writePictureCheck(scratch, message);
      break;
    case 'Notice':
      writeNotice(scratch, message);
      break;
    case 'CopyOffered':
      writeCopyOffered(scratch, message);
      break;
    case 'CopiedText':
      writeCopiedText(scratch, message);
      break;
    case 'CopiedHtml':
      writeCopiedHtml(scratch, message);
      break;
    case 'CopiedImage':
      writeCopiedImage(scratch, message);
      break;
    case 'PasteWanted':
      writePasteWanted(scratch, message);
      break;
    case 'LinkFigures':
      writeLinkFigures(scratch, message);
      break;
    case 'Key':
      writeKey(scratch, message);
      break;
    case 'TextInput':
      writeTextInput(scratch, message);
      break;
    case 'PointerMove':
      writePointerMove(scratch, message);
      break;
    case 'PointerButton':
      writePointerButton(scratch, message);
      break;
    case 'Wheel':
      writeWheel(scratch, message);
      break;
    case 'ReleaseAll':
      writeReleaseAll(scratch, message);
      break;
    case 'Resize':
      writeResize(scratch, message);
      break;
    case 'Visibility':
      writeVisibility(scratch, message);
      break;
    case 'FrameAck':
      writeFrameAck(scratch, message);
      break;
    case 'PictureCheckResult':
      writePictureCheckResult(scratch, message);
      break;
    case 'VideoFailed':
      writeVideoFailed(scratch, message);
      break;
    case 'Holdings':
      writeHoldings(scratch, message);
      break;
    case 'InputTimes':
      writeInputTimes(scratch, message);
      break;
    case 'Preferences':
      writePreferences(scratch, message);
      break;
    case 'VideoAck':
      writeVideoAck(scratch, message);
      break;
    case 'CopyWanted':
      writeCopyWanted(scratch, message);
      break;
    case 'PasteOffered':
      writePasteOffered(scratch, message);
      break;
    case 'PastedText':
      writePastedText(scratch, message);
      break;
    case 'PastedHtml':
      writePastedHtml(scratch, message);
      break;
    case 'PastedImage':
      writePastedImage(scratch, message);
      break;
    case 'RelativePointer':
      writeRelativePointer(scratch, message);
      break;
    case 'Pen':
      writePen(scratch, message);
      break;
    case 'Monitors':
      writeMonitors(scratch, message);
      break;
    case 'FollowPrimary':
      writeFollowPrimary(scratch, message);
      break;
    case 'SnapshotKey':
      writeSnapshotKey(scratch, message);
      break;
    case 'SnapshotSaved':
      writeSnapshotSaved(scratch, message);
      break;
  }
  return scratch.take();
}
