/** Calm output: one line for each stage, kept up to date on a terminal, and repeated now and then where there is none. */

export interface DemoOutput {
  readonly isTTY: boolean;
  /** Of a terminal. */
  readonly columns: number;
  write(text: string): void;
}

/** What a stage under way tells. */
export interface StageProgress {
  /** So far, of so many; the rate and the time left are worked out from it. */
  progress(done: number, total: number): void;
  /** What is going on, where nothing is counted. */
  note(text: string): void;
}

const REDRAW_MS = 150;
const PLAIN_LINE_MS = 2_000;
const TITLE_WIDTH = 20;
const RESULT_WIDTH = 68;
const ERASE_LINE = '\r\u001b[2K';
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Draws the stages of the demo on this output. `now`: a clock in milliseconds. */
export class DemoTerminal {
  readonly #output: DemoOutput;
  readonly #now: () => number;

  constructor(output: DemoOutput, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
  }

  /** Prints lines that stay. */
  print(text: string): void {
    this.#output.write(`${text}\n`);
  }

  /** Does the work of one stage and shows how far it is, then its result in one line, with the time that it took. */
  async stage<T>(
    title: string,
    work: (progress: StageProgress) => Promise<T>,
    describe: (value: T) => string,
  ): Promise<T> {
    using line = new StageLine(this.#output, this.#now, title);
    try {
      const value = await work(line);
      line.end('✓', describe(value));
      return value;
    } catch (error) {
      line.end('✗', '');
      throw error;
    }
  }
}

/** The line of one stage. */
class StageLine implements StageProgress, Disposable {
  readonly #output: DemoOutput;
  readonly #now: () => number;
  readonly #title: string;
  readonly #startedAt: number;
  readonly #ticking: NodeJS.Timeout | undefined;
  #drawnAt: number;
  #frame = 0;
  #text = '';

  constructor(output: DemoOutput, now: () => number, title: string) {
    this.#output = output;
    this.#now = now;
    this.#title = title.padEnd(TITLE_WIDTH);
    this.#startedAt = now();
    this.#drawnAt = output.isTTY ? Number.NEGATIVE_INFINITY : this.#startedAt;
    // On a terminal the spinner turns also while nothing is told.
    if (output.isTTY) this.#ticking = setInterval(() => this.#draw(), REDRAW_MS).unref();
  }

  progress(done: number, total: number): void {
    this.#text = describeProgress(done, total, (this.#now() - this.#startedAt) / 1000);
    this.#draw();
  }

  note(text: string): void {
    this.#text = text;
    this.#draw();
  }

  end(mark: '✓' | '✗', result: string): void {
    const seconds = `${((this.#now() - this.#startedAt) / 1000).toFixed(1)} s`;
    const erase = this.#output.isTTY ? ERASE_LINE : '';
    this.#output.write(
      `${erase}  ${mark} ${this.#title}${result.padEnd(RESULT_WIDTH)}${seconds.padStart(8)}\n`,
    );
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking);
  }

  #draw(): void {
    const { isTTY, columns } = this.#output;
    const now = this.#now();
    if (now - this.#drawnAt < (isTTY ? REDRAW_MS : PLAIN_LINE_MS)) return;
    this.#drawnAt = now;
    if (!isTTY) {
      this.#output.write(`    ${this.#title}${this.#text}\n`);
      return;
    }
    this.#frame += 1;
    const spinner = SPINNER[this.#frame % SPINNER.length] ?? '';
    const line = `  ${spinner} ${this.#title}${this.#text}`;
    this.#output.write(
      ERASE_LINE + (line.length < columns ? line : `${line.slice(0, columns - 2)}…`),
    );
  }
}

/** `12 345 of 20 000   62 %   9 800/s   1 s left` */
export function describeProgress(done: number, total: number, seconds: number): string {
  const width = printCount(total).length;
  const rate = seconds > 0 ? done / seconds : 0;
  const parts = [
    `${printCount(done).padStart(width)} of ${printCount(total)}`,
    `${String(total === 0 ? 100 : Math.floor((done * 100) / total)).padStart(3)} %`,
  ];
  // Slower than that, a rate in whole numbers and the time left say nothing.
  if (rate >= 0.5) {
    parts.push(`${printCount(Math.round(rate)).padStart(7)}/s`);
    parts.push(`${printDuration((total - done) / rate)} left`);
  }
  return parts.join('   ');
}

/** Thousands apart: `20 000`. */
export function printCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function printDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 90 ? `${whole} s` : `${Math.ceil(whole / 60)} min`;
}
