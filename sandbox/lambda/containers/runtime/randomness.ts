import crypto from 'node:crypto';

type Answer<T> = (error: Error | null, value: T) => void;

const bytesOf = (view: ArrayBufferView | ArrayBuffer): Uint8Array =>
  ArrayBuffer.isView(view)
    ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    : new Uint8Array(view);

const answering = <T>(value: T, answer: Answer<T> | undefined): T | undefined => {
  if (answer === undefined) return value;
  process.nextTick(answer, null, value);
  return undefined;
};

/** Seeded sources of randomness for one container: one stream, SHA-256 of the seed and a counter. */
export class Randomness {
  #seed = '';
  #counter = 0;
  #left: Buffer = Buffer.alloc(0);

  /** Starts the stream anew: the same seed gives the same values. */
  seed(text: string): void {
    this.#seed = text;
    this.#counter = 0;
    this.#left = Buffer.alloc(0);
  }

  /** A number in [0, 1) of 48 random bits. */
  readonly random = (): number => this.#take(6).readUIntBE(0, 6) / 2 ** 48;

  readonly randomUUID = (): string => {
    const bytes = this.#take(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };

  readonly getRandomValues = <View extends ArrayBufferView>(view: View): View => {
    const bytes = bytesOf(view);
    bytes.set(this.#take(bytes.length));
    return view;
  };

  /** `node:crypto`, of which everything random draws from this stream. */
  readonly nodeCrypto = (): typeof crypto => ({
    ...crypto,
    webcrypto: this.webCrypto(),
    randomUUID: this.randomUUID as typeof crypto.randomUUID,
    getRandomValues: this.getRandomValues as typeof crypto.getRandomValues,
    randomBytes: ((size: number, answer?: Answer<Buffer>) =>
      answering(this.#take(size), answer)) as typeof crypto.randomBytes,
    randomInt: this.#randomInt as typeof crypto.randomInt,
    randomFillSync: this.#randomFillSync as typeof crypto.randomFillSync,
    randomFill: ((view: ArrayBufferView, ...rest: unknown[]) => {
      const answer = rest.pop() as Answer<ArrayBufferView>;
      const [offset, size] = rest as number[];
      return answering(this.#randomFillSync(view, offset, size) as ArrayBufferView, answer);
    }) as typeof crypto.randomFill,
  });

  /** The global `crypto`. */
  readonly webCrypto = (): typeof crypto.webcrypto =>
    Object.create(crypto.webcrypto, {
      randomUUID: { value: this.randomUUID },
      getRandomValues: { value: this.getRandomValues },
      // A getter that wants to be called on the object itself.
      subtle: { value: crypto.webcrypto.subtle },
    }) as typeof crypto.webcrypto;

  readonly #randomInt = (
    low: number,
    high?: number | Answer<number>,
    answer?: Answer<number>,
  ): number | undefined => {
    if (typeof high !== 'number') return this.#randomInt(0, low, high);
    return answering(low + Math.floor(this.random() * (high - low)), answer);
  };

  readonly #randomFillSync = (
    view: ArrayBufferView | ArrayBuffer,
    offset = 0,
    size = view.byteLength - offset,
  ): typeof view => {
    const bytes = bytesOf(view).subarray(offset, offset + size);
    bytes.set(this.#take(bytes.length));
    return view;
  };

  #take(count: number): Buffer {
    while (this.#left.length < count) {
      const more = crypto
        .createHash('sha256')
        .update(`${this.#seed}:${this.#counter++}`)
        .digest();
      this.#left = Buffer.concat([this.#left, more]);
    }
    const bytes = Buffer.from(this.#left.subarray(0, count));
    this.#left = this.#left.subarray(count);
    return bytes;
  }
}
