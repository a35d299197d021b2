// A page that keeps up says when it no longer does, and since when; it takes the sentence back with the next answer.
"use strict";

const MISSES = 3;
const LONGEST_WAIT = 10000;

// Asks for an address with the tag of the last answer; says so in the element when it fails a few times in a row.
class Follower {
  constructor(address, sentence) {
    this.address = address;
    this.sentence = sentence;
    this.tag = null;
    this.misses = 0;
    this.heard = new Date();
  }

  // Returns the page of the answer; null when nothing has changed, or nothing came.
  async ask() {
    const headers = this.tag ? { "If-None-Match": this.tag } : {};
    const signal = AbortSignal.timeout(LONGEST_WAIT);
    const answer = await fetch(this.address, { headers, signal, cache: "no-store" }).catch(() => null);
    const came = answer !== null && !answer.redirected && (answer.status === 200 || answer.status === 304);
    const text = came && answer.status === 200 ? await answer.text().catch(() => null) : null;
    this.note(came && !(answer.status === 200 && text === null));
    if (text === null) return null;
    this.tag = answer.headers.get("ETag");
    return new DOMParser().parseFromString(text, "text/html");
  }

  note(came) {
    this.misses = came ? 0 : this.misses + 1;
    if (came) this.heard = new Date();
    if (this.misses === MISSES) {
      const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      const time = this.heard.toLocaleTimeString(document.documentElement.lang, form);
      this.sentence.querySelector("time").textContent = time;
    }
    this.sentence.hidden = this.misses < MISSES;
  }
}
