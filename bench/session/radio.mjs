// What changes on links over the air while something is measured: rates about once a second, and silences in which nothing
// passes (other stations' turns on Wi-Fi, a telephone that changes its cell). Always the same sequence, which does not
// wait for the machine. The seeded simulation has the same two in tests/session/radio_latency_test.cpp.
const radios = {
  wifi: { mbit: [20, 30, 40], holdsMs: [500, 2_500], silenceMs: [20, 90], silentOneIn: 1 },
  telephone: { mbit: [3, 5, 8, 12, 18], holdsMs: [300, 1_500], silenceMs: [150, 300], silentOneIn: 6 },
};

export class Weather {
  // Of the link with this name, until it is stopped; undefined where there is none.
  static over(link, name) {
    return radios[name] && new Weather(link, radios[name]);
  }

  constructor(link, radio) {
    Object.assign(this, { link, radio, state: 1 });
    this.change();
  }

  change() {
    const { mbit, holdsMs, silenceMs, silentOneIn } = this.radio;
    const silence = this.below(silentOneIn) === 0 ? this.within(silenceMs) : 0;
    this.link.say(`0s down=${mbit[this.below(mbit.length)]}mbit${silence > 0 ? ` stall=${silence}ms` : ''}`);
    this.timer = setTimeout(() => this.change(), silence + this.within(holdsMs));
  }

  stop() {
    clearTimeout(this.timer);
  }

  within([least, most]) {
    return least + this.below(most - least + 1);
  }
  // A linear congruential generator's upper bits.
  below(limit) {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }
}
