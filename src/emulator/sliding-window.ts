/** The times of the last `windowMs`, (t - windowMs, t]; those before are let go as the window moves on. */
export class SlidingWindow {
  readonly #windowMs: number;
  #times: number[] = [];
  #first = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(time: number): void {
    this.#times.push(time);
  }

  size(now: number): number {
    while ((this.#times[this.#first] ?? now) <= now - this.#windowMs) this.#first += 1;
    if (this.#first > 1000) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
    return this.#times.length - this.#first;
  }

  oldest(): number | undefined {
    return this.#times[this.#first];
  }
}
