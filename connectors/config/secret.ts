const REVEAL_ONLY = '[secret]';

/**
 * A value that must not be seen: a password, a connection string, a key. Printing, logging, spreading or serialising it gives
 * `[secret]`; the one way to the text is {@link Secret.reveal}, so a search for that word finds every use.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.freeze(this);
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REVEAL_ONLY;
  }

  toJSON(): string {
    return REVEAL_ONLY;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REVEAL_ONLY;
  }
}
