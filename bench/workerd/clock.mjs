// 2026-11-21T12:00:00Z, when the documents were made, for everybody who asks.
const NOW = 1_795_262_400_000;
const Clock = Date;

globalThis.Date = class extends Clock {
  constructor(...parts) {
    super(...(parts.length === 0 ? [NOW] : parts));
  }

  static now() {
    return NOW;
  }
};
